package io.cordee.common.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** How many floats a vector has: as many as the processor likes best, or fewer for a test. */
public final class Lanes {

  /** In bits: 512, 256 or 128. */
  static final String PROPERTY = "cordee.vector.bits";

  private Lanes() {}

  public static VectorSpecies<Float> species() {
    Integer bits = Integer.getInteger(PROPERTY);
    return bits == null
        ? FloatVector.SPECIES_PREFERRED
        : VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
  }
}
