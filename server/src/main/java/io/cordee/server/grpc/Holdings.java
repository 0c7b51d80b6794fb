package io.cordee.server.grpc;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.RowHolding;
import io.cordee.common.reduce.RowSet;
import io.cordee.common.reduce.Table;
import io.cordee.proto.v1.Holds;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one worker holds of the chunks here: all of them, or what it has said. Contributions that it
 * began before it came to hold more are still of what it held then.
 */
final class Holdings {

  private record Said(OptionalInt version, Holding holding, RowSet rows) {
    boolean isOf(int atVersion) {
      return version.isEmpty() || version.getAsInt() == atVersion;
    }
  }

  private static final int VERSIONS = 3;
  private static final int KEPT = 8;

  private final Chunks chunks;
  private final Optional<Table> table;

  /** The last one first. */
  private final Deque<Said> latest = new ArrayDeque<>();

  /** Rows of the next one, as far as they have been said. */
  private BitSet next = new BitSet();

  private volatile long bytes;

  Holdings(Chunks chunks, Optional<Table> table) {
    this.chunks = chunks;
    this.table = table;
    if (table.isEmpty()) {
      latest.add(new Said(OptionalInt.empty(), chunks, new RowSet(next)));
    }
  }

  /**
   * How much memory it takes: for each row that there is at most a bit for each of those kept, and
   * two while the next one is said.
   */
  long bytes() {
    return bytes;
  }

  /** Of a vector at this version; empty until the worker has said what it holds of it. */
  synchronized Optional<Holding> at(int version) {
    return latest.stream().filter(said -> said.isOf(version)).map(Said::holding).findFirst();
  }

  private int number() {
    return latest.isEmpty() ? 0 : latest.getFirst().holding.number();
  }

  /**
   * Empty if it is too old to be kept.
   *
   * @throws StatusRuntimeException if there has been none of this number
   */
  synchronized Optional<Holding> numbered(int number) {
    Optional<Holding> found =
        latest.stream().map(Said::holding).filter(holding -> holding.number() == number).findAny();
    if (found.isEmpty() && (number < 1 || number > number())) {
      throw Peer.invalid("no holding %d; this worker's latest is %d", number, number());
    }
    return found;
  }

  /**
   * Adds the rows of a message.
   *
   * @throws StatusRuntimeException if it cannot hold these
   */
  synchronized void add(Holds said) {
    Table held =
        table.orElseThrow(
            () -> Peer.invalid("the job has no table, or a small one that workers hold whole"));
    int number = number() + 1;
    if (said.getNumber() != number) {
      throw Peer.invalid("expected holding %d; found %d", number, said.getNumber());
    }
    if (said.getVersion() < 0) {
      throw Peer.invalid("a version of %d", said.getVersion());
    }
    if (said.getStepsCount() == 0 && said.getMore()) {
      throw Peer.invalid("a holding that goes on in the next message has some rows; found none");
    }
    addRows(said, held.rows());
    if (!said.getMore()) {
      BitSet whole = next;
      next = new BitSet();
      OptionalInt version =
          said.hasVersion() ? OptionalInt.of(said.getVersion()) : OptionalInt.empty();
      checkGrowing(version, whole);
      RowSet rows = new RowSet(whole);
      Holding holding = RowHolding.of(number, chunks, held, rows);
      latest.addFirst(new Said(version, holding, rows));
      forget(version);
    }
    bytes = next.size() / Byte.SIZE + latest.stream().mapToLong(it -> it.rows.bytes()).sum();
  }

  /** Adds rows that the message lists by their distances; each message begins anew from row 0. */
  private void addRows(Holds said, int end) {
    int last = next.length() - 1;
    long row = 0;
    for (int i = 0; i < said.getStepsCount(); i++) {
      row += Integer.toUnsignedLong(said.getSteps(i));
      if (row <= last || row >= end) {
        throw Peer.invalid(
            "rows of the table rise, from 0 to %d; found %d after %d", end - 1, row, last);
      }
      last = (int) row;
      next.set(last);
    }
  }

  /**
   * A worker computes at one version, may be sending what it has computed at the one before, and
   * may have said what it needs of the next.
   */
  private void forget(OptionalInt version) {
    int oldest = version.orElse(0) - VERSIONS + 1;
    latest.removeIf(other -> other.version.orElse(0) < oldest);
    List<Said> same = latest.stream().filter(other -> other.version.equals(version)).toList();
    same.stream().skip(KEPT).forEach(latest::remove);
    while (latest.size() > VERSIONS * KEPT) {
      latest.removeLast();
    }
  }

  /** A worker comes to hold more of a vector, and gives nothing up. */
  private void checkGrowing(OptionalInt version, BitSet rows) {
    Optional<Said> before =
        latest.stream().filter(said -> said.version.equals(version)).findFirst();
    if (before.filter(said -> !said.rows.isWithin(rows)).isPresent()) {
      throw Peer.invalid("a worker goes on holding what it has held; found rows missing");
    }
  }
}
