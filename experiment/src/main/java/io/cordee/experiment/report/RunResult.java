package io.cordee.experiment.report;

import io.cordee.common.run.Measure;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.Spread;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** A result of a run, as all tables show it. */
public enum RunResult {
  LOSS("final loss", run -> run.metrics().last(Measure.LOSS)),
  TEST_ACCURACY("final test accuracy", run -> run.metrics().last(Measure.TEST_ACCURACY)),
  BEST_TEST_ACCURACY(
      "best test accuracy",
      run -> run.best().isPresent() ? Double.NaN : run.metrics().bestTestAccuracy()),
  TEST_LOSS(
      "final test loss",
      run -> run.job().hasLabels() ? Double.NaN : run.metrics().last(Measure.TEST_LOSS)),
  BEST_ROUND("best round", run -> run.best().map(best -> (double) best.round()).orElse(Double.NaN)),
  VALIDATION_ACCURACY(
      "validation accuracy at best round", run -> run.atBest(Measure.VALIDATION_ACCURACY)),
  VALIDATION_LOSS("validation loss at best round", run -> run.atBest(Measure.VALIDATION_LOSS)),
  CHOSEN_TEST_ACCURACY("test accuracy at best round", run -> run.atBest(Measure.TEST_ACCURACY)),
  CHOSEN_TEST_LOSS(
      "test loss at best round",
      run -> run.job().hasLabels() ? Double.NaN : run.atBest(Measure.TEST_LOSS)),
  ROUNDS("rounds", run -> run.metrics().lastRound()),
  TIME("time", run -> run.metrics().lastSeconds());

  /** What a table of groups shows of the weights. */
  static final List<RunResult> OF_WEIGHTS =
      List.of(
          LOSS,
          TEST_ACCURACY,
          BEST_TEST_ACCURACY,
          TEST_LOSS,
          BEST_ROUND,
          VALIDATION_ACCURACY,
          VALIDATION_LOSS,
          CHOSEN_TEST_ACCURACY,
          CHOSEN_TEST_LOSS);

  /**
   * What says how good weights are, the first that there is: on test rows, of the weights that the
   * validation rows chose if there are such; the loss of the training rows if nothing was held out.
   */
  private static final List<RunResult> COUNTING =
      List.of(
          CHOSEN_TEST_ACCURACY,
          TEST_ACCURACY,
          CHOSEN_TEST_LOSS,
          TEST_LOSS,
          VALIDATION_ACCURACY,
          VALIDATION_LOSS,
          LOSS);

  private final String title;
  private final ToDoubleFunction<Run> number;

  RunResult(String title, ToDoubleFunction<Run> number) {
    this.title = title;
    this.number = number;
  }

  /** What to call it where there is little room. */
  public String brief() {
    return title.replace("final ", "");
  }

  public String title() {
    return title;
  }

  public boolean isLoss() {
    return EnumSet.of(LOSS, TEST_LOSS, VALIDATION_LOSS, CHOSEN_TEST_LOSS).contains(this);
  }

  /** By what groups are compared; all of them, but for those that failed, have it. */
  public static RunResult counting(List<Group> groups) {
    List<Group> trained = groups.stream().filter(group -> LOSS.of(group).isPresent()).toList();
    return COUNTING.stream()
        .filter(result -> trained.stream().allMatch(group -> result.of(group).isPresent()))
        .filter(result -> !trained.isEmpty())
        .findFirst()
        .orElse(LOSS);
  }

  /** Of a run; NaN if it has none. */
  public double of(Run run) {
    return number.applyAsDouble(run);
  }

  /** Of a group's runs; empty if none has it. */
  public Optional<Spread> of(Group group) {
    return group.spread(number);
  }

  /** For people. */
  public String text(double value) {
    return switch (this) {
      case LOSS, TEST_LOSS, VALIDATION_LOSS, CHOSEN_TEST_LOSS -> NumberText.loss(value);
      case TEST_ACCURACY, BEST_TEST_ACCURACY, VALIDATION_ACCURACY, CHOSEN_TEST_ACCURACY ->
          NumberText.plain(value);
      case ROUNDS, BEST_ROUND -> NumberText.cost(Scale.ROUNDS, value);
      case TIME -> NumberText.cost(Scale.SECONDS, value);
    };
  }

  /** The median of a group's runs, for people; empty if none has it. */
  public Optional<String> median(Group group) {
    return of(group).map(spread -> text(spread.median()));
  }
}
