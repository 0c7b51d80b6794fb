package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** On Fashion-MNIST, the weights after every round depend on the job alone, not on the team. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
class FashionMnistIT {

  private static final Path JOB = Path.of("..", "examples", "fashion-mnist.yaml").toAbsolutePath();

  @TempDir private Path folder;

  @Test
  void teamsOfEverySizeEndEveryRoundWithTheSameDigest() {
    List<String> job = List.of("--set=stop.rounds=3");
    Run alone = train(1, 1, job);

    assertEquals(4, Set.copyOf(alone.digests()).size(), "every round moves the weights");
    assertEquals(alone.digests(), train(2, 1, job).digests());
    assertEquals(alone.digests(), train(3, 2, job).digests());
  }

  @Test
  void miniBatchesAreTheSameRowsForAnyTeam() {
    List<String> job = List.of("--set=rule.name=adam", "--set=batch=4096", "--set=stop.rounds=5");
    Run alone = train(1, 2, job);

    assertTrue(alone.last().loss() < alone.rows().get(0).loss(), "something is learnt");
    assertEquals(alone.digests(), train(3, 1, job).digests());
  }

  private Run train(int workers, int threads, List<String> overrides) {
    // With both compilers: C1 alone would take too long for this many rows.
    return Cordee.in(folder)
        .with("-XX:+UseSerialGC")
        .train(workers + "x" + threads, on(workers, threads, overrides));
  }

  private static String[] on(int workers, int threads, List<String> overrides) {
    List<String> arguments = new ArrayList<>(List.of(JOB.toString()));
    arguments.addAll(overrides);
    arguments.add("--set=evaluate_every=3");
    arguments.add("--data=" + FashionMnist.folder());
    arguments.add("--workers=" + workers);
    arguments.add("--threads=" + threads);
    return arguments.toArray(String[]::new);
  }
}
