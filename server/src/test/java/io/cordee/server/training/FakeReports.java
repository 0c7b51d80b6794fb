package io.cordee.server.training;

import io.cordee.common.job.Tally;
import io.cordee.server.round.CollectedChunk;
import java.util.List;

/** Hears a shard count rows, and nothing else. Tests override what they expect. */
public class FakeReports implements ShardReports {

  @Override
  public void measured(Tally tally) {}

  @Override
  public void squares(int version, double[] ofChunks) {
    throw new AssertionError("squares at version " + version);
  }

  @Override
  public void stepped(int version, long[] checksums) {
    throw new AssertionError("a step to version " + version);
  }

  @Override
  public void weights(int version, int firstChunk, List<CollectedChunk> chunks) {
    throw new AssertionError("weights at version " + version);
  }

  @Override
  public void failed(String message) {
    throw new AssertionError("the shard cannot continue: " + message);
  }
}
