package io.cordee.server.round;

import io.cordee.common.reduce.Subvector;
import io.cordee.common.wire.Signs;

/**
 * The signs of a step of some rows of a table, and of what precedes it in the chunk; all other
 * signs are 0.
 *
 * @param own the signs of {@code part}
 * @param size parameters of the chunk
 */
record RowSigns(byte[] own, Subvector part, int size) implements StepSigns {

  @Override
  public byte[] packed() {
    float[] signs = new float[size];
    part.put(unpacked(), signs);
    return Signs.packed(signs);
  }

  @Override
  public byte[] packed(Subvector other) {
    return Signs.packed(other.taken(part, unpacked()));
  }

  private float[] unpacked() {
    float[] signs = new float[part.values()];
    Signs.unpack(own, signs, signs.length);
    return signs;
  }
}
