package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.common.optimizer.OptimizerCatalog;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for the keys of a job that are changed most often. */
public final class TrainingOptions extends JobOptions {

  /** For shells. */
  static final class OptimizerNames implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return OptimizerCatalog.names().iterator();
    }
  }

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      completionCandidates = OptimizerNames.class,
      description = "The optimizer, as by --set optimizer=NAME; cordee optimizers lists them.")
  private Optional<String> optimizer = Optional.empty();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Ends after this many rounds, as by --set stop.rounds=N.")
  private Optional<String> rounds = Optional.empty();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "Ends after N passes over the training rows, as by --set stop.epochs=N. The batch size"
              + " decides how many rounds that is.")
  private Optional<String> epochs = Optional.empty();

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
    optimizer.ifPresent(value -> all.add("optimizer=" + value));
    if (epochs.isPresent() && rounds.isPresent()) {
      throw CommandException.wrongUse("give --rounds or --epochs, not both");
    }
    epochs.ifPresent(value -> all.add("stop.epochs=" + value));
    rounds.ifPresent(value -> all.add("stop.rounds=" + value));
    batch.ifPresent(value -> all.add("batch=" + value));
    seed.ifPresent(value -> all.add("seed=" + value));
    all.addAll(super.overrides());
    return all;
  }
}
