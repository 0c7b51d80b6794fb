package io.cordee.common.wire;

/** How workers send gradients. */
public enum Uplink {
  /** As they are. */
  FLOAT32,
  /** Rounded to 8 bits of mantissa: half the bytes. */
  BFLOAT16,
  /** In blocks of 256 with one scale, what is lost being carried to the next round: a quarter. */
  INT8;

  /** Whether what arrives is not what was sent. */
  public boolean isLossy() {
    return this != FLOAT32;
  }
}
