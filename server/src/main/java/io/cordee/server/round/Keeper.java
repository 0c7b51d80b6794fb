package io.cordee.server.round;

import io.cordee.common.checkpoint.RoundMark;

/**
 * Keeps what a round makes of the chunks, so that the job can be resumed. Any thread may call;
 * chunks are shown while their monitors are held, so each call is brief.
 */
public interface Keeper {

  /** Keeps nothing. */
  Keeper NONE =
      new Keeper() {
        @Override
        public void begin(RoundMark mark) {}

        @Override
        public void keep(int chunk, ChunkState state) {}

        @Override
        public void keepSigns(int chunk, SignStep step) {}

        @Override
        public void roundEnded(RoundMark mark) {}
      };

  /** All chunks are shown as they come to the mark's version. */
  void begin(RoundMark mark);

  /** A chunk has come to the version that was begun. */
  void keep(int chunk, ChunkState state);

  /** A chunk has been stepped by signs. */
  void keepSigns(int chunk, SignStep step);

  /** Every chunk stands at the mark's version. */
  void roundEnded(RoundMark mark);
}
