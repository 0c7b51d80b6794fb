package io.cordee.server.round;

import io.cordee.common.reduce.Subvector;
import io.cordee.common.wire.Signs;

/**
 * The signs of a step of a whole chunk.
 *
 * @param size parameters of the chunk
 */
record WholeSigns(byte[] packed, int size) implements StepSigns {

  @Override
  public byte[] packed(Subvector part) {
    float[] signs = new float[size];
    Signs.unpack(packed, signs, size);
    return Signs.packed(part.taken(signs));
  }
}
