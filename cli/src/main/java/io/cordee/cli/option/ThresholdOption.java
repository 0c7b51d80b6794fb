package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.common.job.Job;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

public final class ThresholdOption {

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description =
          "Of two classes: predict the second one (class 1) if its probability is at least T, from 0 to 1 (default:"
              + " the more probable one). A training with validation rows names the T with the best F1 on them.")
  private Optional<Double> threshold = Optional.empty();

  /** Returns the threshold for a job's model, if one is given. */
  public OptionalDouble of(Job job) {
    if (threshold.isEmpty()) {
      return OptionalDouble.empty();
    }
    double least = threshold.get();
    if (!(least >= 0 && least <= 1)) {
      throw CommandException.wrongUse("--threshold: expected 0 to 1; found " + least);
    }
    boolean isOfTwo = job.model().outputs() <= 2 && job.model().hasProbabilities();
    if (!job.hasLabels() || !isOfTwo) {
      int outputs = job.model().outputs();
      boolean areProbabilities = job.hasLabels() && job.model().hasProbabilities();
      throw CommandException.wrongUse(
          "--threshold: expected a model that gives probabilities of two classes; found "
              + (outputs == 1 ? "1 output that is a " : outputs + " outputs that are ")
              + (areProbabilities ? "probabilities" : outputs == 1 ? "value" : "values"));
    }
    return OptionalDouble.of(least);
  }
}
