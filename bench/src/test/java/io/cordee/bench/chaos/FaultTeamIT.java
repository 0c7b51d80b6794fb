package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.bench.chaos.FaultsBenchmark.Fault;
import io.cordee.bench.chaos.FaultsBenchmark.Kind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class FaultTeamIT {

  @TempDir Path folder;

  @Test
  void aWorkerThatIsStoppedWhenTheLastRoundEndsIsResumed() throws Exception {
    int rounds = 20;
    Setup setup = FaultsBenchmark.setup(FaultsBenchmark.job(rounds), folder, 1);

    try (FaultTeam team = new FaultTeam(setup)) {
      double[] times = team.train(List.of(new Fault(Kind.WORKER_STOPPED, rounds - 1)));

      assertEquals(rounds + 1, times.length);
      assertTrue(times[rounds] > 0);
    }
  }
}
