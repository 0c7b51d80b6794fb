package io.cordee.bench.chaos;

import java.time.Duration;

/**
 * Something that happens to a team.
 *
 * @param number from 1
 * @param rounds that the job is to have gained since the event before; 0 if none, so that it may
 *     come while the team still recovers from that
 * @param pause after those
 * @param length how long it lasts: until a stopped process goes on, one that is dead is started
 *     again, or a network is as before
 * @param draw decides who is hit, and what of a file is damaged
 */
record Event(int number, Kind kind, int rounds, Duration pause, Duration length, long draw) {

  /** One of so many. */
  int choice(int count) {
    return (int) Long.remainderUnsigned(draw, count);
  }
}
