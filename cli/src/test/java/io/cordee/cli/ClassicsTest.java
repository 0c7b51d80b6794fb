package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import io.cordee.cli.team.InProcessTeam;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobFile;
import io.cordee.server.Watcher;
import io.cordee.server.serving.JobServer;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.worker.data.RowCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the literature says of the benchmarks in examples/classics. */
@Timeout(300)
class ClassicsTest extends InFolder {

  private static final Path CLASSICS = Path.of("..", "examples", "classics");
  private static final int SEEDS = 10;

  private record Run(Outcome outcome, int rounds, double accuracy) {
    boolean isSolved() {
      return outcome.message().endsWith(" (every output is within tolerance)")
          || outcome.message().endsWith(" (the loss asked for is reached)");
    }
  }

  private Run run(String name, String... overrides) throws Exception {
    Job job = JobFile.read(CLASSICS.resolve(name + ".yaml"), List.of(overrides));
    Watcher watcher = new Watcher();
    Path run = folder.resolve(name + "-" + System.nanoTime());
    Outcome outcome =
        new InProcessTeam(job, 1, 1, CLASSICS, RowCache.NONE, Optional.empty(), new JobServer())
            .run(run, watcher);
    Measurement last = watcher.measured.get(watcher.measured.size() - 1);
    return new Run(outcome, last.round(), last.test().map(Tally::accuracy).orElse(Double.NaN));
  }

  private List<Run> solved(String name, String... overrides) throws Exception {
    List<Run> solved = new ArrayList<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<String> all = new ArrayList<>(List.of(overrides));
      all.add("model.init.seed=" + seed);
      Run run = run(name, all.toArray(String[]::new));
      if (run.isSolved()) {
        solved.add(run);
      }
    }
    return solved;
  }

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "rprop+", "rprop-", "irprop+", "irprop-"})
  void everyRpropSolvesTheWideEncoderFromEveryStartWithinAHundredRounds(String optimizer)
      throws Exception {
    List<Run> solved =
        solved("encoder-10-5-10", "optimizer.name=" + optimizer, "optimizer.max_step=1");
    assertEquals(SEEDS, solved.size());
    solved.forEach(run -> assertTrue(run.rounds() <= 100, run::toString));
  }

  @Test
  void soDoesQuickprop() throws Exception {
    List<Run> solved =
        solved("encoder-10-5-10", "optimizer.name=quickprop", "optimizer.learning_rate=1");
    assertEquals(SEEDS, solved.size());
    solved.forEach(run -> assertTrue(run.rounds() <= 100, run::toString));
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(strings = {"rprop", "rprop+", "rprop-", "irprop+", "irprop-"})
  void theTightEncoderHangsInSaturationUnlessTheDerivativeHasAnOffset(String optimizer)
      throws Exception {
    int plain = tightlyEncoded(optimizer, 0);
    int offset = tightlyEncoded(optimizer, 0.1);
    assertTrue(plain <= SEEDS / 2, "without: " + plain);
    assertTrue(offset >= SEEDS - 1, "with: " + offset);
  }

  /** From how many starts it is solved within 1,000 rounds. */
  private int tightlyEncoded(String optimizer, double offset) throws Exception {
    return solved(
            "encoder-12-2-12",
            "optimizer.name=" + optimizer,
            "optimizer.max_step=50",
            "stop.rounds=1000",
            "model.derivative_offset=" + offset)
        .size();
  }

  @Test
  void xorIsSolvedFromSomeStarts() throws Exception {
    List<Run> solved = solved("xor", "stop.rounds=500");
    assertTrue(solved.size() >= 2, "solved: " + solved.size());
  }

  @ParameterizedTest
  @CsvSource({"iris, 0.9", "cancer, 0.93", "glass, 0.5"})
  void realDataAreLearnt(String name, double accuracy) throws Exception {
    Run run = run(name);
    assertTrue(run.isSolved(), run::toString);
    assertTrue(run.accuracy() >= accuracy, run::toString);
  }
}
