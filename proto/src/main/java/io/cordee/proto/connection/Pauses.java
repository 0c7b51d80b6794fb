package io.cordee.proto.connection;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Time for who waits for a server; a test lets it pass as it likes. */
interface Pauses {

  /** The system's own. */
  Pauses SYSTEM =
      new Pauses() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void pause(Duration length) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(length.toNanos());
        }
      };

  /** As {@link System#nanoTime}. */
  long nanoTime();

  /** Returns when so much time has passed. */
  void pause(Duration length) throws InterruptedException;
}
