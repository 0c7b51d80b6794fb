package io.cordee.proto.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.google.protobuf.MessageLite;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.Drainable;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

final class Marshallers {

  static final Marshaller<Frame<WorkerMessage>> WORKER = TrainMethod.METHOD.getRequestMarshaller();
  static final Marshaller<Frame<ServerMessage>> SERVER = TrainMethod.METHOD.getResponseMarshaller();

  private Marshallers() {}

  /** Checks that reading and draining give the same bytes. */
  static <M extends MessageLite> byte[] bytes(Marshaller<Frame<M>> marshaller, Frame<M> frame) {
    ByteArrayOutputStream drained = new ByteArrayOutputStream();
    try (InputStream read = marshaller.stream(frame);
        InputStream stream = marshaller.stream(frame)) {
      ((Drainable) stream).drainTo(drained);
      byte[] bytes = read.readAllBytes();
      assertArrayEquals(bytes, drained.toByteArray());
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(ReceivedPayload payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.read(bytes);
    return bytes;
  }
}
