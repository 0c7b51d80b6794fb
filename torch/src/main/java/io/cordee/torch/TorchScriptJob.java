package io.cordee.torch;

import io.cordee.function.FunctionContext;
import io.cordee.function.Layout;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a job says of a TorchScript model.
 *
 * @param microBatch rows that are computed at once; their number decides bits
 */
record TorchScriptJob(Path file, Layout layout, Objective objective, int microBatch) {

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
        job.layout(),
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
   * @throws IllegalArgumentException if the module is another one than the job's
   */
  void requireFit(TorchModule module, int outputs) {
    List<Layout.Tensor> expected = layout.tensors();
    List<Layout.Tensor> found = module.layout().tensors();
    for (int i = 0; i < Math.max(expected.size(), found.size()); i++) {
      if (!describe(expected, i).equals(describe(found, i))) {
        throw new IllegalArgumentException(
            "expected tensor %d to be %s, as in the job's weights; found %s"
                .formatted(i + 1, describe(expected, i), describe(found, i)));
      }
    }
    requireArguments(module, outputs);
  }

  private static String describe(List<Layout.Tensor> tensors, int index) {
    if (index >= tensors.size()) {
      return "none";
    }
    Layout.Tensor tensor = tensors.get(index);
    return tensor.name() + " " + tensor.shape();
  }

  private void requireArguments(TorchModule module, int outputs) {
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
