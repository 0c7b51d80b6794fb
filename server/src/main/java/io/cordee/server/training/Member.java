package io.cordee.server.training;

import io.cordee.server.team.WorkerId;
import java.util.Optional;

/** A worker as the coordinator knows it. Times are on the training's clock, in nanoseconds. */
final class Member {

  enum Presence {
    HERE,
    /** Nothing is heard of it. */
    SILENT,
    /** It is heard of, but does not contribute what it was asked for. */
    STUCK
  }

  enum Expected {
    NOTHING,
    /** To be there. */
    A_SIGN,
    /** To contribute what it was asked for. */
    A_CONTRIBUTION
  }

  final WorkerId id;
  final int threads;

  Presence presence = Presence.HERE;

  /** What data it has found, once it has said so. */
  Optional<DataFound> found = Optional.empty();

  /** True if it waits for a vote, as its data differ from those of as many others. */
  boolean isInDoubt;

  /** True if the rows of the pending plan are in its memory. */
  boolean isPrepared;

  /** When it was heard of last. */
  long heard;

  /** When it contributed last, or began to owe something. */
  long contributed;

  Member(WorkerId id, int threads, long now) {
    this.id = id;
    this.threads = threads;
    this.heard = now;
    this.contributed = now;
  }

  boolean hasFoundData() {
    return found.isPresent();
  }

  boolean isHere() {
    return presence == Presence.HERE;
  }
}
