package io.cordee.server.grpc;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import io.cordee.proto.message.WorkerSays;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * What one worker holds of the chunks here: all of them, or what it has said. Contributions that it
 * began before it came to hold more are still of what it held then.
 */
final class Holdings {

  private record Said(OptionalInt version, Holding holding) {
    boolean isOf(int atVersion) {
      return version.isEmpty() || version.getAsInt() == atVersion;
    }
  }

  private static final int KEPT = 8;

  private final Chunks chunks;
  private final Optional<Table> table;

  /** The last one first. */
  private final Deque<Said> latest = new ArrayDeque<>();

  /** Rows of the next one, as far as they have been said. */
  private final List<int[]> parts = new ArrayList<>();

  private int last = -1;

  Holdings(Chunks chunks, Optional<Table> table) {
    this.chunks = chunks;
    this.table = table;
    if (table.isEmpty()) {
      latest.add(new Said(OptionalInt.empty(), Holding.all(chunks)));
    }
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
   * @throws StatusRuntimeException if it cannot hold these
   */
  synchronized void add(WorkerSays.Holds said) {
    Table whole =
        table.orElseThrow(
            () -> Peer.invalid("the job has no table, or a small one that workers hold whole"));
    int number = number() + 1;
    if (said.number() != number) {
      throw Peer.invalid("expected holding %d; found %d", number, said.number());
    }
    int[] more = said.array();
    if (more.length == 0 && said.isMore()) {
      throw Peer.invalid("a holding that goes on in the next message has some rows; found none");
    }
    if (more.length > 0) {
      if (more[0] <= last || more[more.length - 1] >= whole.rows()) {
        throw Peer.invalid(
            "rows of the table rise, from 0 to %d; found %d to %d after %d",
            whole.rows() - 1, more[0], more[more.length - 1], last);
      }
      last = more[more.length - 1];
      parts.add(more);
    }
    if (!said.isMore()) {
      int[] rows = parts.stream().flatMapToInt(IntStream::of).toArray();
      parts.clear();
      last = -1;
      Subvector part = growing(said.version(), Subvector.of(whole, chunks.parameters(), rows));
      latest.addFirst(new Said(said.version(), Holding.of(number, chunks, part)));
      forget(said.version());
    }
  }

  /**
   * A worker computes at one version, may be sending what it has computed at the one before, and
   * may have said what it needs of the next.
   */
  private void forget(OptionalInt version) {
    int oldest = version.orElse(0) - 2;
    latest.removeIf(other -> other.version.orElse(0) < oldest);
    List<Said> same = latest.stream().filter(other -> other.version.equals(version)).toList();
    same.stream().skip(KEPT).forEach(latest::remove);
    while (latest.size() > 3 * KEPT) {
      latest.removeLast();
    }
  }

  /** A worker comes to hold more of a vector, and gives nothing up. */
  private Subvector growing(OptionalInt version, Subvector next) {
    boolean isCovered =
        latest.stream()
            .filter(said -> said.version.equals(version))
            .findFirst()
            .flatMap(said -> said.holding.part())
            .filter(before -> !next.covers(before.rows()))
            .isEmpty();
    if (!isCovered) {
      throw Peer.invalid("a worker goes on holding what it has held; found rows missing");
    }
    return next;
  }
}
