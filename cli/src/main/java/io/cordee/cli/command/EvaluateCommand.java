package io.cordee.cli.command;

import com.google.gson.GsonBuilder;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.ModelAndRows;
import io.cordee.cli.score.ConfusionMatrix;
import io.cordee.cli.score.Scores;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.worker.data.DataSource;
import io.cordee.worker.data.StoredRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Loss and accuracy of a trained model. */
@Command(
    name = "evaluate",
    description = {
      "Prints a trained model's loss on rows. With classes: accuracy; precision, recall and F1 as means over the classes (macro); the area under the ROC curve of two classes, top-5 accuracy of ten or more; the confusion matrix. With values: mean absolute error, root mean squared error and R2.",
      "The rows need their labels or targets; predict does without."
    },
    footer = {
      "",
      "Examples:",
      "  cordee evaluate --model runs/20260101-120000-digits/model.safetensors",
      "  cordee evaluate --model model.safetensors --data other.csv"
    })
public final class EvaluateCommand extends CordeeCommand {

  @Mixin private ModelAndRows given;

  @Option(
      names = "--json",
      description = "Print one JSON object, with the confusion matrix by label, then prediction.")
  private boolean isJson;

  @Override
  public Integer call() throws IOException {
    Logging.warningsOnly();
    TrainedModel trained = given.trained();
    Job job = trained.job();
    DataSource source = given.open(trained);
    StoredRows all = source.read(0, source.rows());
    Tally tally = trained.measure(all);
    int width = job.model().outputs();
    float[] outputs = trained.outputs(all);
    float[] targets = new float[all.count() * width];
    all.copyTargets(0, all.count(), targets);
    trained.encoding().decode(targets);
    Optional<ConfusionMatrix> matrix =
        all.labelled()
            ? Optional.of(
                ConfusionMatrix.of(targets, outputs, all.count(), width, trained.classes()))
            : Optional.empty();
    Scores scores =
        matrix
            .map(counted -> Scores.ofClasses(counted, targets, outputs, all.count(), width))
            .orElseGet(() -> Scores.ofValues(targets, outputs, all.count(), width));
    PrintWriter out = printer();
    if (isJson) {
      out.println(json(source.name(), tally, scores, matrix, trained.classes()));
    } else {
      print(source.name(), tally, scores, matrix, out);
    }
    out.flush();
    return 0;
  }

  private static void print(
      String source,
      Tally tally,
      Scores scores,
      Optional<ConfusionMatrix> matrix,
      PrintWriter out) {
    out.printf(Locale.ROOT, "%,d rows of %s%n", tally.rows(), source);
    out.printf(Locale.ROOT, "loss      %.6g%n", tally.meanLoss());
    if (matrix.isPresent()) {
      out.printf(Locale.ROOT, "accuracy  %.4f (%,d rows)%n", tally.accuracy(), tally.correct());
    }
    scores
        .values()
        .forEach(
            (name, value) ->
                out.printf(
                    Locale.ROOT, matrix.isPresent() ? "%-9s %.4f%n" : "%-9s %.6g%n", name, value));
    matrix.ifPresent(counted -> out.printf("%n%s", counted));
  }

  private static String json(
      String source,
      Tally tally,
      Scores scores,
      Optional<ConfusionMatrix> matrix,
      List<String> classes) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("source", source);
    all.put("rows", tally.rows());
    all.put("loss", finite(tally.meanLoss()));
    if (matrix.isPresent()) {
      all.put("accuracy", tally.accuracy());
    }
    scores.values().forEach((name, value) -> all.put(name, finite(value)));
    if (!classes.isEmpty()) {
      all.put("classes", classes);
    }
    matrix.ifPresent(counted -> all.put("confusion", counted.counts()));
    return new GsonBuilder().disableHtmlEscaping().serializeNulls().create().toJson(all);
  }

  /** JSON has no other numbers. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
