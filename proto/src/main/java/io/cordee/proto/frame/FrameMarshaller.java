package io.cordee.proto.frame;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes and reads messages of which one kind carries bulk data, in the field {@code data = 15}
 * that is its last. What is written is what the generated code would write; what is read may have
 * its fields in any order, but is only spared the copy if the data stand at the end, where protobuf
 * puts them.
 */
final class FrameMarshaller<M extends Message> implements Marshaller<Frame<M>> {

  private static final int DATA = 15;
  private static final int DATA_TAG = (DATA << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int MAX_FRONT = 1024;

  private final M prototype;
  private final FieldDescriptor bulkField;
  private final int bulkTag;
  private final Function<M, Optional<Message>> bulk;

  /**
   * @param bulkField the field of M that holds the message with bulk data
   * @param bulk that message, if it is present
   */
  FrameMarshaller(M prototype, int bulkField, Function<M, Optional<Message>> bulk) {
    this.prototype = prototype;
    this.bulkField = prototype.getDescriptorForType().findFieldByNumber(bulkField);
    this.bulkTag = (bulkField << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    this.bulk = bulk;
  }

  @Override
  public InputStream stream(Frame<M> frame) {
    if (frame.payload().size() > 0 && bulk.apply(frame.message()).isEmpty()) {
      throw new IllegalArgumentException("this message carries no data");
    }
    return new PayloadInputStream(frame, () -> front(frame));
  }

  /** The bytes before the data. */
  private byte[] front(Frame<M> frame) {
    int size = frame.payload().size();
    return size == 0
        ? frame.message().toByteArray()
        : front(bulk.apply(frame.message()).orElseThrow(), size);
  }

  private byte[] front(Message header, int size) {
    int headerSize = header.getSerializedSize();
    int dataFront = sizeOf(DATA_TAG) + sizeOf(size);
    int inner = headerSize + dataFront + size;
    byte[] front = new byte[sizeOf(bulkTag) + sizeOf(inner) + headerSize + dataFront];
    CodedOutputStream out = CodedOutputStream.newInstance(front);
    try {
      out.writeUInt32NoTag(bulkTag);
      out.writeUInt32NoTag(inner);
      header.writeTo(out);
      out.writeUInt32NoTag(DATA_TAG);
      out.writeUInt32NoTag(size);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new IllegalStateException("a message is not of the size that it announced", e);
    }
    return front;
  }

  private static int sizeOf(int value) {
    return CodedOutputStream.computeUInt32SizeNoTag(value);
  }

  /** Within a process a frame is handed over without serialization. */
  @Override
  @SuppressWarnings("unchecked")
  public Frame<M> parse(InputStream in) {
    if (in instanceof PayloadInputStream sent) {
      Payload payload = sent.frame().payload();
      return new Frame<>((M) sent.frame().message(), ReceivedPayload.of(payload));
    }
    try {
      Front front = new Front(in, MAX_FRONT);
      Optional<M> message = readFront(front);
      return message.isPresent()
          ? new Frame<>(message.get(), new ReceivedPayload(in, front.left()))
          : parseWhole(front.bytes(0, front.position()), in);
    } catch (IOException e) {
      throw Status.INTERNAL
          .withDescription("not a message of this contract: " + e.getMessage())
          .withCause(e)
          .asRuntimeException();
    }
  }

  /** The message without its data, which follow; empty if it is not of that shape. */
  private Optional<M> readFront(Front front) throws IOException {
    if (front.varint() != bulkTag || front.varint() != front.left()) {
      return Optional.empty();
    }
    int from = front.position();
    for (; ; ) {
      int to = front.position();
      int tag = front.varint();
      if (tag == DATA_TAG) {
        boolean isLast = front.varint() == front.left();
        return isLast ? Optional.of(frontOf(front, from, to)) : Optional.empty();
      }
      if (!front.skipField(tag)) {
        return Optional.empty();
      }
    }
  }

  private M frontOf(Front front, int from, int to) throws InvalidProtocolBufferException {
    int size = to - from;
    byte[] bytes = new byte[sizeOf(bulkTag) + sizeOf(size) + size];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeUInt32NoTag(bulkTag);
      out.writeUInt32NoTag(size);
      out.writeRawBytes(front.bytes(from, to));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return parsed(prototype.getParserForType().parseFrom(bytes));
  }

  private Frame<M> parseWhole(byte[] front, InputStream rest) throws IOException {
    CodedInputStream in =
        CodedInputStream.newInstance(
            new SequenceInputStream(new ByteArrayInputStream(front), rest));
    in.setSizeLimit(Integer.MAX_VALUE);
    M message = parsed(prototype.getParserForType().parseFrom(in));
    in.checkLastTagWas(0);
    Optional<Message> header = bulk.apply(message);
    if (header.isEmpty()) {
      return Frame.of(message);
    }
    FieldDescriptor data = header.get().getDescriptorForType().findFieldByNumber(DATA);
    ByteString bytes = (ByteString) header.get().getField(data);
    Message withoutData = header.get().toBuilder().clearField(data).build();
    return new Frame<>(
        parsed(message.toBuilder().setField(bulkField, withoutData).build()),
        Payload.of(bytes.toByteArray()));
  }

  @SuppressWarnings("unchecked")
  private M parsed(Message message) {
    return (M) message;
  }
}
