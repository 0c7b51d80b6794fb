package io.cordee.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.server.observe.Figures.WorkerRow.State;
import io.cordee.server.observe.Traffic.Encoding;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkerTableTest {

  private final AtomicLong clock = new AtomicLong();
  private final Traffic traffic = new Traffic(clock::get);
  private final WorkerTable table = new WorkerTable();

  private WorkerId join(int number, String name) {
    WorkerId worker = new WorkerId(number, name);
    table.joined(worker, traffic.open(worker, 2, () -> 7));
    return worker;
  }

  private Figures.WorkerRow row(String name) {
    return table.rows().stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void aWorkerLoadsWorksAndGoes() {
    WorkerId ann = join(1, "ann");
    assertEquals(State.LOADING, row("ann").state());
    BitSet three = new BitSet();
    three.set(0, 3);
    table.planned(new Plan(1, Map.of(ann, three)));
    table.lagged(Map.of(ann, 40L));
    clock.set(5_000_000_000L);
    Figures.WorkerRow working = row("ann");
    assertEquals(State.WORKING, working.state());
    assertEquals(3, working.partitions());
    assertEquals(40, working.lag());
    assertEquals(2, working.threads());
    assertEquals(7, working.waiting());
    assertEquals(5_000_000_000L, working.silentNanos());

    table.left(ann);
    Figures.WorkerRow gone = row("ann");
    assertEquals(State.GONE, gone.state());
    assertEquals(0, gone.partitions());
    assertEquals(0, gone.waiting());
    assertEquals(5_000_000_000L, gone.silentNanos());
  }

  /** Another server numbers anew, and a name may be reused before its worker's end is reported. */
  @Test
  void aNameIsThatOfOneRowWhoeverHadItBefore() {
    WorkerId before = join(1, "ann");
    WorkerId now = new WorkerId(2, "ann");
    assertTrue(table.joined(now, traffic.open(now, 1, () -> 0)));
    table.left(before);
    assertEquals(1, table.rows().size());
    assertEquals(State.LOADING, row("ann").state());
  }

  @Test
  void whereAnotherServerGoesOnAllAreGoneUntilTheyComeBack() {
    join(1, "ann");
    join(2, "ben");
    table.allLeft();
    assertEquals(State.GONE, row("ann").state());
    assertTrue(
        table.joined(new WorkerId(1, "ben"), traffic.open(new WorkerId(1, "ben"), 1, () -> 0)));
    assertEquals(State.LOADING, row("ben").state());
    assertEquals(2, table.rows().size());
  }

  @Test
  void aConnectionThatIsClosedIsNotAskedAnyMore() {
    WorkerId ann = new WorkerId(1, "ann");
    Traffic.Line line = traffic.open(ann, 1, () -> 7);
    assertEquals(7, line.waiting());
    traffic.close(ann);
    assertEquals(0, line.waiting());
  }

  @Test
  void whenTheJobIsOverThoseWhoWereThereAreDone() {
    join(1, "ann");
    table.left(join(2, "ben"));
    table.end();
    assertEquals(State.DONE, row("ann").state());
    assertEquals(State.GONE, row("ben").state());
  }

  @Test
  void oneThatComesBackUnderItsNameTakesItsRow() {
    WorkerId ann = join(1, "ann");
    assertFalse(table.joined(new WorkerId(2, "ben"), traffic.open(ann, 1, () -> 0)));
    table.left(ann);
    WorkerId again = new WorkerId(3, "ann");
    assertTrue(table.joined(again, traffic.open(again, 1, () -> 0)));
    assertEquals(
        List.of("ben", "ann"), table.rows().stream().map(Figures.WorkerRow::name).toList());
    assertEquals(State.LOADING, row("ann").state());
  }

  @Test
  void rowsPerSecondAreThoseOfLately() {
    WorkerId ann = join(1, "ann");
    for (int second = 0; second < 20; second++) {
      traffic.line(ann).orElseThrow().received(Encoding.FLOAT32, 1, 100, second, 30);
      table.look(0.5);
    }
    assertEquals(60, row("ann").rowsPerSecond(), 0.1);
    assertEquals(200, row("ann").bytesPerSecond(), 0.1);
    assertEquals(20, row("ann").round());
    assertEquals(600, row("ann").rows());
  }

  @Test
  void workersThatComeAndGoLeaveABoundedNumberOfRows() {
    WorkerId stays = join(0, "stays");
    for (int i = 1; i <= 1000; i++) {
      table.left(join(i, "worker-" + i));
    }
    List<Figures.WorkerRow> rows = table.rows();
    assertEquals(1 + WorkerTable.MOST_GONE, rows.size());
    assertEquals(stays.name(), rows.get(0).name());
    assertEquals("worker-1000", rows.get(rows.size() - 1).name());
  }
}
