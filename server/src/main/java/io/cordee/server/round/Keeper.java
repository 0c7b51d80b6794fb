package io.cordee.server.round;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.RoundMark;

/**
 * Keeps what a round makes of the chunks, so that the job can be resumed. Any thread may call;
 * chunks are shown while their monitors are held, so each call is brief.
 */
public interface Keeper {

  Keeper NONE = new Keeper() {};

  /** What is kept from now on is based on these rows; the text identifies them. */
  default void trainedOn(String rows) {}

  /** All chunks are shown as they come to the mark's version. */
  default void begin(RoundMark mark) {}

  /**
   * The version that what was begun adds to: rows of a table that were not touched since then need
   * not be kept; {@link CheckpointHeader#WHOLE} if all are to be.
   */
  default int base() {
    return CheckpointHeader.WHOLE;
  }

  /** A chunk has come to the version that was begun. */
  default void keep(int chunk, ShownChunk state) {}
}
