package io.cordee.server.round;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.reduce.Table;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * What is made of a step besides the weights, and how often.
 *
 * @param digestEvery rounds between two digests; 0 for none
 * @param sendsSigns whether steps are kept as signs, to be sent
 * @param checkEvery rounds between two checks of workers that follow by signs
 * @param late as in {@link JobVector}
 */
public record Cadence(int digestEvery, boolean sendsSigns, int checkEvery, Optional<Table> late) {

  public static Cadence of(Job job) {
    return new Cadence(
        job.digestEvery(),
        job.sendsSigns(),
        job.compression().checkEvery(),
        JobVector.of(job).late());
  }

  /** The same in a vector that begins at this parameter. */
  public Cadence from(int parameter) {
    Optional<Table> there = late.map(table -> table.from(parameter));
    return new Cadence(digestEvery, sendsSigns, checkEvery, there);
  }

  public boolean isDigestDue(int version) {
    return digestEvery > 0 && version % digestEvery == 0;
  }

  /** The checksum to be compared at this version; empty if none is. */
  OptionalLong checked(int version, LongSupplier checksum) {
    return version % checkEvery == 0 ? OptionalLong.of(checksum.getAsLong()) : OptionalLong.empty();
  }
}
