package io.cordee.cli.command;

import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.ModelAndRows;
import io.cordee.cli.score.Evaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description = {
      "Prints a trained model's loss on rows. With classes: accuracy; precision, recall and F1 as means over the classes (macro); the area under the ROC curve of two classes, top-5 accuracy of ten or more; the confusion matrix. With values: mean absolute error, root mean squared error and R2.",
      "The rows need their labels or targets; predict does without."
    },
    footer = {
      "",
      "Examples:",
      "  cordee evaluate --model runs/last",
      "  cordee evaluate --model model.safetensors --data other.csv"
    })
public final class EvaluateCommand extends CordeeCommand {

  @Mixin private ModelAndRows given;

  @Option(
      names = "--json",
      description =
          "Print one JSON object, with the confusion matrix by label, then prediction, and the points of the curves.")
  private boolean isJson;

  @Override
  public Integer call() throws IOException {
    Logging.warningsOnly();
    TrainedModel trained = given.trained();
    OptionalDouble threshold = given.threshold(trained);
    Evaluation evaluation =
        Evaluation.of(trained, given.rows(trained), given.functions(trained), threshold);
    PrintWriter out = printer();
    if (isJson) {
      out.println(evaluation.toJson(Map.of()));
    } else {
      evaluation.print(out);
    }
    return printed();
  }
}
