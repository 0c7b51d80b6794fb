package io.cordee.experiment.run;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.team.LeasePlanner;
import java.util.BitSet;
import java.util.Collections;

/**
 * The bytes of gradients and weights between the server and all workers, both ways, of a team whose
 * workers are equally fast and all stay. Computed from the job: message headers (some 50 bytes a
 * chunk), heartbeats and evaluations are left out.
 *
 * @param start what the workers are sent before the first round
 * @param perRound contributions up, the step down
 */
public record WireBytes(long start, long perRound) {

  private static final int SIGNS_PER_BYTE = 4;

  public WireBytes {
    if (start < 0 || perRound < 1) {
      throw new IllegalArgumentException(
          "bytes must be at least 0 and 1; found " + start + " and " + perRound);
    }
  }

  public static WireBytes of(Job job, int workers) {
    JobVector vector = JobVector.of(job);
    Chunks chunks = vector.chunks();
    long up = 0;
    long signs = 0;
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      up += job.compression().gradients().bytes(chunks.contributionSize(chunk));
      signs += (chunks.size(chunk) + SIGNS_PER_BYTE - 1) / SIGNS_PER_BYTE;
    }
    long floats = (long) Float.BYTES * chunks.parameters();
    long state =
        job.sendsSigns() ? floats * (2 + vector.optimizer().replayedSlots().size()) : floats;
    return new WireBytes(
        workers * state,
        up * contributions(job, workers) + workers * (job.sendsSigns() ? signs : floats));
  }

  /** How many vectors the workers push in a round: one for each largest subtree of each. */
  private static long contributions(Job job, int workers) {
    ReductionTree tree = new ReductionTree(job.partitions());
    long count = 0;
    for (BitSet held : new LeasePlanner(tree).share(Collections.nCopies(workers, 1))) {
      count += tree.maximalNodes(held).size();
    }
    return count;
  }

  public long after(long rounds) {
    return start + rounds * perRound;
  }

  /** The most rounds, at least one, that take at most this many bytes. */
  public long rounds(long bytes) {
    return Math.max(1, (bytes - start) / perRound);
  }
}
