package io.cordee.common.job;

import java.util.OptionalDouble;

/**
 * When the server keeps its state, so that a job can be resumed.
 *
 * @param every rounds between two checkpoints; 0 for none
 * @param seconds keeps one after so much time as well, if that is sooner
 * @param keep how many checkpoints stay, at least 2; older ones are deleted
 */
public record Checkpointing(int every, OptionalDouble seconds, int keep) {

  public static final int DEFAULT_EVERY = 50;
  public static final int DEFAULT_KEEP = 3;

  /** The newest may be ahead of what else has to be on the disk before it can be used. */
  public static final int MIN_KEEP = 2;

  public boolean isOn() {
    return every > 0 || seconds.isPresent();
  }

  /** Whether a checkpoint is due, {@code secondsSince} the last one or the start. */
  public boolean isDue(int version, double secondsSince) {
    return every > 0 && version % every == 0
        || seconds.isPresent() && secondsSince >= seconds.getAsDouble();
  }
}
