package io.cordee.server.round;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import java.util.OptionalInt;

/**
 * What is made of a step besides the weights, and how often.
 *
 * @param digestEvery rounds between two digests; 0 for none
 * @param sendsSigns whether steps are kept as signs, to be sent
 * @param checkEvery rounds between two checks of workers that follow by signs
 * @param resting as in {@link JobVector}
 */
public record Cadence(int digestEvery, boolean sendsSigns, int checkEvery, OptionalInt resting) {

  public static Cadence of(Job job) {
    return new Cadence(
        job.digestEvery(), job.sendsSigns(), job.wire().checkEvery(), JobVector.of(job).resting());
  }

  public boolean isDigestDue(int version) {
    return digestEvery > 0 && version % digestEvery == 0;
  }

  boolean isCheckDue(int version) {
    return version % checkEvery == 0;
  }
}
