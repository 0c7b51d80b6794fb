package io.cordee.cli.command;

import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.console.ConfusionMatrix;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.ModelAndRows;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.worker.data.DataSource;
import io.cordee.worker.model.Network;
import io.cordee.worker.model.Rows;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Loss and accuracy of a trained model. */
@Command(
    name = "evaluate",
    description = {
      "Prints a trained model's loss and accuracy on rows, and its confusion matrix.",
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

  @Override
  public Integer call() throws IOException {
    Logging.warningsOnly();
    TrainedModel trained = given.trained();
    Job job = trained.job();
    DataSource source = given.open(trained);
    Rows all = source.read(0, source.rows());
    Network network = trained.network();
    Tally tally = network.measure(trained.parameters(), all);
    PrintWriter out = printer();
    out.printf(Locale.ROOT, "%,d rows of %s%n", all.count(), source.name());
    out.printf(Locale.ROOT, "loss      %.6g%n", tally.meanLoss());
    if (all.labelled()) {
      out.printf(Locale.ROOT, "accuracy  %.4f (%,d rows)%n", tally.accuracy(), tally.correct());
      float[] outputs = new float[all.count() * job.model().outputs()];
      network.predict(trained.parameters(), all, outputs);
      out.println();
      out.print(ConfusionMatrix.of(all, outputs, job.model().outputs(), trained.classes()));
    }
    out.flush();
    return 0;
  }
}
