package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** On Fashion-MNIST, the weights after every round depend on the job alone, not on the team. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
class FashionMnistIT extends InFolder {

  private static final Path JOB = Path.of("..", "examples", "fashion-mnist.yaml").toAbsolutePath();

  @Test
  void miniBatchesAreTheSameRowsForAnyTeam() {
    Run alone = train(1, 2);

    assertTrue(alone.last().loss() < alone.rows().get(0).loss(), "something is learnt");
    assertEquals(alone.digests(), train(3, 1).digests());
  }

  private Run train(int workers, int threads) {
    // With both compilers: C1 alone would take too long for this many rows.
    return cordee()
        .with("-XX:+UseSerialGC")
        .train(
            "of-" + workers,
            JOB.toString(),
            "--data=" + FashionMnist.folder(),
            "--set=optimizer.name=adam",
            "--set=batch=4096",
            "--set=stop.rounds=5",
            "--set=evaluate_every=3",
            "--workers=" + workers,
            "--threads=" + threads);
  }
}
