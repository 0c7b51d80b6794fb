package io.cordee.proto.frame;

import io.grpc.Drainable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * An outgoing message: the bytes before its data, then the data. A socket drains it; other
 * transports read it. Within a process nothing is read: the receiver takes the frame.
 */
final class PayloadInputStream extends InputStream
    implements Drainable, HasByteBuffer, KnownLength {

  private final Frame<?> frame;
  private final Payload payload;
  private final Supplier<byte[]> makeFront;

  /** What is read first; null before. */
  private ByteBuffer front;

  /** What is read after the front; null before. */
  private ByteBuffer data;

  PayloadInputStream(Frame<?> frame, Supplier<byte[]> makeFront) {
    this.frame = frame;
    this.payload = frame.payload();
    this.makeFront = makeFront;
  }

  Frame<?> frame() {
    return frame;
  }

  private ByteBuffer front() {
    if (front == null) {
      front = ByteBuffer.wrap(makeFront.get());
    }
    return front;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    int size = available();
    target.write(front.array(), front.position(), front.remaining()); // made by available()
    if (data == null) {
      payload.writeTo(target);
    } else {
      target.write(data.array(), data.position(), data.remaining());
      data.position(data.limit());
    }
    front.position(front.limit());
    return size;
  }

  @Override
  public int available() {
    return front().remaining() + (data == null ? payload.size() : data.remaining());
  }

  private ByteBuffer next() {
    if (front().hasRemaining()) {
      return front;
    }
    if (data == null) {
      data = ByteBuffer.wrap(payload.toBytes());
    }
    return data;
  }

  @Override
  public boolean byteBufferSupported() {
    return true;
  }

  @Override
  public ByteBuffer getByteBuffer() {
    ByteBuffer next = next();
    return next.hasRemaining() ? next.asReadOnlyBuffer() : null;
  }

  @Override
  public int read() {
    ByteBuffer next = next();
    return next.hasRemaining() ? next.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    ByteBuffer next = next();
    if (!next.hasRemaining() && length > 0) {
      return -1;
    }
    int count = Math.min(length, next.remaining());
    next.get(into, offset, count);
    return count;
  }

  @Override
  public long skip(long count) {
    ByteBuffer next = next();
    int skipped = (int) Math.max(0, Math.min(count, next.remaining()));
    next.position(next.position() + skipped);
    return skipped;
  }
}
