package io.cordee.proto.frame;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * An outgoing message: the bytes before its data, then the data. A socket drains it; only other
 * transports read it, and so copy it.
 */
final class PayloadInputStream extends InputStream implements Drainable, KnownLength {

  private final byte[] front;
  private final Payload payload;
  private InputStream copy;

  PayloadInputStream(byte[] front, Payload payload) {
    this.front = front;
    this.payload = payload;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    if (copy != null) {
      return (int) copy.transferTo(target);
    }
    target.write(front);
    payload.writeTo(target);
    return front.length + payload.size();
  }

  @Override
  public int available() throws IOException {
    return copy == null ? front.length + payload.size() : copy.available();
  }

  private InputStream copy() throws IOException {
    if (copy == null) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(available());
      drainTo(bytes);
      copy = new ByteArrayInputStream(bytes.toByteArray());
    }
    return copy;
  }

  @Override
  public int read() throws IOException {
    return copy().read();
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    return copy().read(into, offset, length);
  }
}
