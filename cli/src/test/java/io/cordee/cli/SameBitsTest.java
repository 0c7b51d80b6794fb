package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.cli.process.InFolder;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerDefinition;
import io.cordee.common.optimizer.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On the digits, the weights after every round depend on the job alone, not on the team. */
class SameBitsTest extends InFolder {

  private static final int ROUNDS = 8;

  private record Team(int workers, int threads) {

    String[] on(List<String> job) {
      List<String> arguments = new ArrayList<>(job);
      arguments.add("--workers=" + workers);
      arguments.add("--threads=" + threads);
      return arguments.toArray(String[]::new);
    }
  }

  private static final Team ALONE = new Team(1, 1);

  @Test
  void teamsOfEverySizeEndEveryRoundWithTheSameDigest() throws IOException {
    assertSameDigests(
        List.of(),
        List.of(new Team(1, 3), new Team(2, 1), new Team(3, 3), new Team(4, 1), new Team(7, 3)));
  }

  static Stream<List<String>> otherOptimizers() {
    return OptimizerCatalog.all().stream()
        .filter(optimizer -> !optimizer.name().equals("rprop"))
        .flatMap(SameBitsTest::variants);
  }

  /** An optimizer with each curvature that it takes; the full Hessian on a small model. */
  private static Stream<List<String>> variants(OptimizerDefinition optimizer) {
    List<String> curvatures =
        optimizer.settings().stream()
            .filter(setting -> setting.key().equals("curvature"))
            .flatMap(setting -> ((Setting.Choice) setting).choices().stream())
            .toList();
    List<String> plain = List.of("--set=optimizer.name=" + optimizer.name());
    return curvatures.isEmpty()
        ? Stream.of(plain)
        : curvatures.stream()
            .map(
                curvature ->
                    List.of(
                        plain.get(0),
                        "--set=optimizer.curvature=" + curvature,
                        "--set=model.layers="
                            + (curvature.equals("full") ? "[64, 10]" : "[64, 16, 10]")));
  }

  @ParameterizedTest
  @MethodSource("otherOptimizers")
  void anOptimizerGivesATeamTheBitsThatItGivesOneWorker(List<String> optimizer) throws IOException {
    assertSameDigests(optimizer, List.of(new Team(3, 2)));
  }

  @Test
  void miniBatchesAreTheSameRowsForAnyTeam() throws IOException {
    assertSameDigests(
        List.of("--set=batch=200", "--set=optimizer.name=adam"), List.of(new Team(3, 2)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--set=optimizer={name: nesterov, learning_rate: 0.7}",
        "--set=optimizer=rprop",
        "--set=optimizer={name: adam, clip_norm: 0.1}"
      })
  void localStepsAreThoseOfAnyTeam(String outer) throws IOException {
    assertSameDigests(
        List.of(
            outer,
            "--set=partitions=9",
            "--set=local={steps: 13, batch: 32, optimizer: {name: adam, clip_norm: 1}}",
            "--set=regularize.dropout=0.2"),
        List.of(new Team(2, 1), new Team(3, 2), new Team(7, 3)));
  }

  private void assertSameDigests(List<String> overrides, List<Team> teams) throws IOException {
    List<String> job = new ArrayList<>(SomeDigits.in(folder));
    job.addAll(overrides);
    // A Hessian of 650 parameters is slow.
    int rounds = overrides.contains("--set=optimizer.curvature=full") ? 3 : ROUNDS;
    job.add("--set=stop.rounds=" + rounds);
    List<String> expected = digests(ALONE, job);
    assertEquals(rounds + 1, new HashSet<>(expected).size(), "every round moves the weights");
    for (Team team : teams) {
      assertEquals(expected, digests(team, job), team::toString);
    }
  }

  private List<String> digests(Team team, List<String> job) {
    Path run = folder.resolve(team.workers() + "x" + team.threads());
    return Typed.train(run, team.on(job)).digests();
  }
}
