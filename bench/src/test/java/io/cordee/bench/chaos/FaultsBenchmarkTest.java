package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.bench.chaos.FaultsBenchmark.Fault;
import io.cordee.bench.chaos.FaultsBenchmark.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultsBenchmarkTest {

  @Test
  void twentyFaultsAreSpreadEvenlyOverTheRounds() {
    List<Fault> faults = FaultsBenchmark.faults(1_800, 20);
    Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
    faults.forEach(fault -> kinds.merge(fault.kind(), 1, Integer::sum));

    assertEquals(
        Map.of(Kind.WORKER_KILLED, 14, Kind.WORKER_STOPPED, 4, Kind.SERVER_KILLED, 2), kinds);
    int before = 0;
    for (Fault fault : faults) {
      assertTrue(fault.round() - before >= 85 && fault.round() - before <= 86);
      before = fault.round();
    }
    assertEquals(1_800 - 86, before);
  }

  @Test
  void threeFaultsAreOneOfEachKind() {
    assertEquals(
        List.of(Kind.WORKER_KILLED, Kind.SERVER_KILLED, Kind.WORKER_STOPPED),
        FaultsBenchmark.faults(240, 3).stream().map(Fault::kind).toList());
  }
}
