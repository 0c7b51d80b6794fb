package io.cordee.server.grpc;

import io.grpc.StatusRuntimeException;
import java.util.BitSet;

/**
 * What one worker has been asked to compute; it may send nothing else. Only the latest version
 * counts; the training handles what still arrives for an earlier one.
 *
 * <p>Written by the sending side, read by the receiving side.
 */
final class Asked {

  private final String unit;
  private int version = -1;
  private final BitSet units = new BitSet();

  /** {@code unit} names in messages what is asked for. */
  Asked(String unit) {
    this.unit = unit;
  }

  synchronized void add(int atVersion, BitSet more) {
    if (atVersion != version) {
      units.clear();
      version = atVersion;
    }
    units.or(more);
  }

  synchronized boolean hasAny() {
    return version >= 0;
  }

  /**
   * @throws StatusRuntimeException unless all units [from, to) may be sent at this version
   */
  synchronized void check(int atVersion, int from, int to) {
    if (from < 0) {
      throw Peer.invalid("%s count from 0; found %d", unit, from);
    }
    boolean isLate = atVersion >= 0 && atVersion < version;
    if (!isLate && (atVersion != version || units.nextClearBit(from) < to)) {
      throw Peer.invalid(
          "this worker has not been asked for %s %d to %d at version %d",
          unit, from, to - 1, atVersion);
    }
  }
}
