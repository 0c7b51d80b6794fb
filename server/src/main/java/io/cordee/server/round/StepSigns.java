package io.cordee.server.round;

import io.cordee.common.reduce.Subvector;

/** The signs that a step moved the weights of a chunk by, two bits each. */
public sealed interface StepSigns permits WholeSigns, RowSigns {

  /** The signs of the chunk; not to be written. */
  byte[] packed();

  /** The signs of a part of the chunk. */
  byte[] packed(Subvector part);
}
