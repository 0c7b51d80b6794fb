package io.cordee.common.job;

/**
 * When the server keeps its state, so that a job can be resumed.
 *
 * @param every rounds between two checkpoints; 0 for any number
 * @param seconds keeps one after so much time as well, if that is sooner; 0 for any time
 * @param keep how many checkpoints stay, at least 2; older ones are deleted
 */
public record Checkpointing(int every, double seconds, int keep) {

  public static final int DEFAULT_EVERY = 50;

  /** At most so much work is computed again when a server has died. */
  public static final double DEFAULT_SECONDS = 30;

  public static final int DEFAULT_KEEP = 3;

  /** The newest may be ahead of what else has to be on the disk before it can be used. */
  public static final int MIN_KEEP = 2;

  public boolean isOn() {
    return every > 0 || seconds > 0;
  }

  /** Returns whether a checkpoint is due, {@code secondsSince} the last one or the start. */
  public boolean isDue(int version, double secondsSince) {
    return every > 0 && version % every == 0 || seconds > 0 && secondsSince >= seconds;
  }
}
