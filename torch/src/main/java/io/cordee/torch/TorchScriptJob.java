package io.cordee.torch;

import io.cordee.function.FunctionContext;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a job says of a TorchScript model.
 *
 * @param microBatch rows that are computed at once; their number decides bits
 */
record TorchScriptJob(Path file, Objective objective, int microBatch) {

  private static final String MICRO_BATCH = "micro_batch";
  private static final String DEFAULT_MICRO_BATCH = "256";

  /**
   * @throws IllegalArgumentException if something is missing or wrong
   */
  static TorchScriptJob of(FunctionContext job) {
    Set<String> unknown = new TreeSet<>(job.settings().keySet());
    unknown.remove(MICRO_BATCH);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "a TorchScript model has the setting %s; found %s"
              .formatted(MICRO_BATCH, String.join(", ", unknown)));
    }
    Path file =
        job.file()
            .orElseThrow(
                () ->
                    new IllegalArgumentException("a TorchScript model needs its file; found none"));
    if (job.loss().isPresent() && job.outputs() == 0) {
      throw new IllegalArgumentException(
          file + ": the loss " + job.loss().get() + " needs outputs; the job's model has none");
    }
    return new TorchScriptJob(
        file,
        job.loss().<Objective>map(OutputLoss::of).orElseGet(OwnLoss::new),
        microBatch(job.settings().getOrDefault(MICRO_BATCH, DEFAULT_MICRO_BATCH)));
  }

  private static int microBatch(String value) {
    if (!value.matches("[1-9][0-9]{0,6}")) {
      throw new IllegalArgumentException(
          MICRO_BATCH + " must be a number of rows from 1 on; found " + value);
    }
    return Integer.parseInt(value);
  }

  /**
   * @throws IllegalArgumentException if the module's method does not take what the job gives it
   */
  void requireArguments(TorchModule module, int outputs) {
    int most = objective instanceof OwnLoss && outputs > 0 ? 2 : 1;
    if (module.arguments() < 1 || module.arguments() > most) {
      throw new IllegalArgumentException(
          objective instanceof OwnLoss
              ? "without model.loss, forward takes features, and targets where there are any; found %d arguments"
                  .formatted(module.arguments())
              : "with model.loss, forward takes the features alone; found %d arguments (leave model.loss out where the module returns its own)"
                  .formatted(module.arguments()));
    }
  }
}
