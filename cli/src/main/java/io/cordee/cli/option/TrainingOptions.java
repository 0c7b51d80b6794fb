package io.cordee.cli.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The keys of a job that are changed most often have options of their own. */
public final class TrainingOptions extends JobOptions {

  @Option(
      names = "--rule",
      paramLabel = "NAME",
      description = "The update rule, as by --set rule=NAME; cordee rules lists them.")
  private Optional<String> rule = Optional.empty();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Ends after this many rounds, as by --set stop.rounds=N.")
  private Optional<String> rounds = Optional.empty();

  @Option(
      names = "--batch",
      paramLabel = "ROWS",
      description = "The rows of a round, or full for all, as by --set batch=ROWS.")
  private Optional<String> batch = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "The seed of the initial weights and of the order of batches, as by --set seed=N.")
  private Optional<String> seed = Optional.empty();

  /** Those of {@code --set} come last. */
  @Override
  public List<String> overrides() {
    List<String> all = new ArrayList<>();
    rule.ifPresent(value -> all.add("rule=" + value));
    rounds.ifPresent(value -> all.add("stop.rounds=" + value));
    batch.ifPresent(value -> all.add("batch=" + value));
    seed.ifPresent(value -> all.add("seed=" + value));
    all.addAll(super.overrides());
    return all;
  }
}
