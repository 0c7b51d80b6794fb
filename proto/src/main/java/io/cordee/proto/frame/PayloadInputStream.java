package io.cordee.proto.frame;

import io.grpc.Drainable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * An outgoing message: the bytes before its data, then the data. A socket drains it; other
 * transports read it.
 */
final class PayloadInputStream extends InputStream
    implements Drainable, HasByteBuffer, KnownLength {

  private final Payload payload;

  /** What is read next. */
  private ByteBuffer front;

  /** What is read after the front; null before. */
  private ByteBuffer data;

  PayloadInputStream(byte[] front, Payload payload) {
    this.front = ByteBuffer.wrap(front);
    this.payload = payload;
  }

  /** All that has not been read. */
  @Override
  public int drainTo(OutputStream target) throws IOException {
    int size = available();
    target.write(front.array(), front.position(), front.remaining());
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
    return front.remaining() + (data == null ? payload.size() : data.remaining());
  }

  private ByteBuffer next() {
    if (front.hasRemaining()) {
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
