package io.cordee.server.round;

import io.cordee.common.reduce.Subvector;
import io.cordee.common.wire.Signs;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A step of a chunk, for replicas that replay it.
 *
 * @param version the one that it led to
 * @param lossRose whether the loss of the round was larger than that of the one before
 * @param packed the signs that the weights were moved by, two bits each
 * @param checksum of the chunk's weights and replayed slots afterwards, if it is to be compared
 * @param part what of a chunk with rows of a table the signs are of; all if it is empty
 */
public record SignStep(
    int version, boolean lossRose, byte[] packed, OptionalLong checksum, Optional<Subvector> part) {

  /**
   * The signs of another part of the chunk; those of rows that have none are 0.
   *
   * @param size of the chunk
   */
  public byte[] of(Subvector other, int size) {
    float[] own = new float[part.map(Subvector::values).orElse(size)];
    Signs.unpack(packed, own, own.length);
    float[] signs = part.map(its -> other.taken(its, own)).orElseGet(() -> other.taken(own));
    byte[] others = new byte[Signs.bytes(signs.length)];
    Signs.pack(signs, 1, signs.length, others);
    return others;
  }
}
