package io.cordee.proto.frame;

import io.grpc.HasByteBuffer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Received bulk data, read once from front to back, straight from the socket's buffers. Only valid
 * until the receiver of the message returns.
 */
public final class ReceivedPayload implements Payload {

  private static final int SCRATCH = 16 << 10;

  private final InputStream in;
  private final int size;

  /** What was sent, if that was in this process. */
  private final Payload sent;

  /** Bytes that were taken from there, and not from {@code in}. */
  private int behind;

  private int remaining;

  /**
   * @param size bytes that are left in {@code in}
   */
  ReceivedPayload(InputStream in, int size) {
    this(in, size, NONE);
  }

  private ReceivedPayload(InputStream in, int size, Payload sent) {
    this.in = in;
    this.size = size;
    this.sent = sent;
    this.remaining = size;
  }

  /** What another payload writes, as if it had been received. */
  public static ReceivedPayload of(Payload payload) {
    Frame<?> frame = new Frame<>("", payload);
    return new ReceivedPayload(
        new PayloadInputStream(frame, () -> new byte[0]), payload.size(), payload);
  }

  @Override
  public int size() {
    return size;
  }

  public int remaining() {
    return remaining;
  }

  /**
   * Reads the next {@code count} float32 into {@code into[at, at + count)}.
   *
   * @throws UncheckedIOException if there are fewer
   */
  public void read(float[] into, int at, int count) {
    require((long) count * Float.BYTES);
    try {
      if (sent instanceof FloatPayload floats && remaining % Float.BYTES == 0) {
        floats.copy((size - remaining) / Float.BYTES, into, at, count);
        behind += count * Float.BYTES;
        remaining -= count * Float.BYTES;
        return;
      }
      catchUp();
      if (in instanceof HasByteBuffer buffers && buffers.byteBufferSupported()) {
        readFromBuffers(buffers, into, at, count);
      } else {
        readThroughScratch(into, at, count);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    remaining -= count * Float.BYTES;
  }

  /** Reads the next bytes, as many as {@code into} holds. */
  public void read(byte[] into) {
    require(into.length);
    try {
      catchUp();
      fill(into, into.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    remaining -= into.length;
  }

  private void catchUp() throws IOException {
    in.skipNBytes(behind);
    behind = 0;
  }

  private void require(long bytes) {
    if (bytes > remaining) {
      throw new UncheckedIOException(
          new EOFException("expected " + bytes + " more bytes; found " + remaining));
    }
  }

  private void readFromBuffers(HasByteBuffer buffers, float[] into, int at, int count)
      throws IOException {
    byte[] straddling = new byte[Float.BYTES];
    int done = 0;
    while (done < count) {
      ByteBuffer buffer = buffers.getByteBuffer();
      int whole = buffer == null ? 0 : Math.min(buffer.remaining() / Float.BYTES, count - done);
      if (whole > 0) {
        floats(buffer).get(into, at + done, whole);
        in.skipNBytes((long) whole * Float.BYTES);
        done += whole;
      } else {
        fill(straddling, Float.BYTES);
        into[at + done] = floats(ByteBuffer.wrap(straddling)).get();
        done++;
      }
    }
  }

  private void readThroughScratch(float[] into, int at, int count) throws IOException {
    byte[] scratch = new byte[Math.min(SCRATCH, count * Float.BYTES)];
    for (int done = 0; done < count; ) {
      int next = Math.min(scratch.length / Float.BYTES, count - done);
      fill(scratch, next * Float.BYTES);
      floats(ByteBuffer.wrap(scratch)).get(into, at + done, next);
      done += next;
    }
  }

  private static java.nio.FloatBuffer floats(ByteBuffer buffer) {
    return buffer.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private void fill(byte[] into, int count) throws IOException {
    if (in.readNBytes(into, 0, count) < count) {
      throw new EOFException("the message ends before its data");
    }
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    catchUp();
    in.transferTo(out);
    remaining = 0;
  }
}
