package io.cordee.worker.link;

import io.cordee.common.wire.FloatCodec;
import java.nio.ByteBuffer;

/** A chunk's values as a test gives them. */
public final class GivenData implements VectorData {

  private final int size;
  private final ByteBuffer unread;

  private GivenData(byte[] bytes) {
    this.size = bytes.length;
    this.unread = ByteBuffer.wrap(bytes);
  }

  public static GivenData floats(float... values) {
    byte[] bytes = new byte[values.length * Float.BYTES];
    FloatCodec.encode(values, 0, values.length, bytes, 0);
    return new GivenData(bytes);
  }

  /** Zeros; the count need not be a multiple of 4. */
  public static GivenData bytes(int count) {
    return new GivenData(new byte[count]);
  }

  public static GivenData bytes(byte[] bytes) {
    return new GivenData(bytes.clone());
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void read(float[] into, int at, int count) {
    FloatCodec.decode(unread, into, at, count);
  }

  @Override
  public void read(byte[] into) {
    unread.get(into);
  }
}
