package io.cordee.server.observe;

import io.cordee.server.observe.Figures.WorkerRow.State;
import io.cordee.server.observe.Traffic.Direction;
import io.cordee.server.observe.Traffic.Line;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The connected workers, and the last {@value #MOST_GONE} that have gone. */
final class WorkerTable {

  static final int MOST_GONE = 32;

  private static final class Row {
    final WorkerId id;
    final Line line;
    State state = State.LOADING;
    int partitions;
    long lag;
    double rowsPerSecond;
    double bytesPerSecond;
    long rows;
    long bytes;

    Row(WorkerId id, Line line) {
      this.id = id;
      this.line = line;
    }

    void rests(State now) {
      state = now;
      lag = 0;
      rowsPerSecond = 0;
      bytesPerSecond = 0;
    }

    long bytes() {
      return line.bytes(Direction.IN) + line.bytes(Direction.OUT);
    }
  }

  private final Map<WorkerId, Row> rows = new LinkedHashMap<>();

  /**
   * Names are those of the connected workers: the previous holder of this one is gone, whether that
   * has been said or not.
   *
   * @return whether one of this name has been there before
   */
  synchronized boolean joined(WorkerId worker, Line line) {
    boolean isBack = rows.values().removeIf(row -> row.id.name().equals(worker.name()));
    rows.put(worker, new Row(worker, line));
    return isBack;
  }

  /** Another server continues the job, and no worker is connected to it yet. */
  synchronized void allLeft() {
    List.copyOf(rows.keySet()).forEach(this::left);
  }

  synchronized void left(WorkerId worker) {
    Row row = rows.remove(worker);
    if (row == null) {
      return;
    }
    row.rests(State.GONE);
    row.partitions = 0;
    rows.put(worker, row); // behind those that went before
    long gone = rows.values().stream().filter(each -> each.state == State.GONE).count();
    for (Iterator<Row> each = rows.values().iterator(); gone > MOST_GONE; ) {
      if (each.next().state == State.GONE) {
        each.remove();
        gone--;
      }
    }
  }

  synchronized void planned(Plan plan) {
    rows.forEach((worker, row) -> row.partitions = plan.holding(worker).cardinality());
  }

  synchronized void is(WorkerId worker, State state) {
    Optional.ofNullable(rows.get(worker)).ifPresent(row -> row.state = state);
  }

  synchronized void lagged(Map<WorkerId, Long> lags) {
    lags.forEach(
        (worker, lag) ->
            Optional.ofNullable(rows.get(worker))
                .filter(row -> row.state != State.GONE)
                .ifPresent(
                    row -> {
                      row.lag = lag;
                      row.state = State.WORKING;
                    }));
  }

  /** Updates the rows, this many seconds after the last look. */
  synchronized void look(double seconds) {
    for (Row row : rows.values()) {
      if (row.state != State.GONE) {
        long computed = row.line.rows();
        long moved = row.bytes();
        row.rowsPerSecond = Meter.lately(row.rowsPerSecond, (computed - row.rows) / seconds);
        row.bytesPerSecond = Meter.lately(row.bytesPerSecond, (moved - row.bytes) / seconds);
        row.rows = computed;
        row.bytes = moved;
      }
    }
  }

  synchronized void end() {
    for (Row row : rows.values()) {
      row.rests(row.state == State.GONE ? State.GONE : State.DONE);
    }
  }

  synchronized List<Figures.WorkerRow> rows() {
    List<Figures.WorkerRow> all = new ArrayList<>();
    for (Row row : rows.values()) {
      all.add(
          new Figures.WorkerRow(
              row.id.name(),
              row.state,
              row.line.threads(),
              row.partitions,
              row.rowsPerSecond,
              row.lag,
              row.line.version() + 1,
              row.line.rows(),
              row.line.bytes(Direction.IN),
              row.line.bytes(Direction.OUT),
              row.bytesPerSecond,
              row.line.silentNanos(),
              row.state == State.GONE ? 0 : row.line.waiting()));
    }
    return all;
  }
}
