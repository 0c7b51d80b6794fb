package io.cordee.server.grpc;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import io.cordee.proto.message.WorkerSays;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * What one worker holds of the chunks here: all of them, or what it has said. Contributions that it
 * began before it came to hold more are still of what it held then.
 */
final class Holdings {

  private static final int KEPT = 8;

  private final Chunks chunks;
  private final Optional<Table> table;
  private final Deque<Holding> latest = new ArrayDeque<>();

  /** Of the next one, as far as they have been said. */
  private int[] rows = {};

  Holdings(Chunks chunks, Optional<Table> table) {
    this.chunks = chunks;
    this.table = table;
    if (table.isEmpty()) {
      latest.add(Holding.all(chunks));
    }
  }

  /** Empty until the worker has said what it holds. */
  synchronized Optional<Holding> current() {
    return Optional.ofNullable(latest.peekLast());
  }

  /**
   * @throws StatusRuntimeException if it is none of the last few
   */
  synchronized Holding numbered(int number) {
    return latest.stream()
        .filter(holding -> holding.number() == number)
        .findAny()
        .orElseThrow(
            () ->
                Peer.invalid(
                    "contributions to this job are of rows that the worker has said that it holds; found holding %d",
                    number));
  }

  /**
   * @throws StatusRuntimeException if it cannot hold these
   */
  synchronized void add(WorkerSays.Holds said) {
    Table whole =
        table.orElseThrow(() -> Peer.invalid("the job's model has no table to hold rows of"));
    int number = current().map(Holding::number).orElse(0) + 1;
    if (said.number() != number) {
      throw Peer.invalid("expected holding %d; found %d", number, said.number());
    }
    int before = rows.length == 0 ? -1 : rows[rows.length - 1];
    int[] more = said.array();
    if (more.length > 0 && (more[0] <= before || more[more.length - 1] >= whole.rows())) {
      throw Peer.invalid(
          "rows of the table rise, from 0 to %d; found %d to %d after %d",
          whole.rows() - 1, more[0], more[more.length - 1], before);
    }
    rows = Subvector.union(rows, more);
    if (!said.isMore()) {
      latest.add(Holding.of(number, chunks, Subvector.of(whole, chunks.parameters(), rows)));
      rows = new int[0];
      if (latest.size() > KEPT) {
        latest.remove();
      }
    }
  }
}
