package io.cordee.cli.command;

import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.file.ForceOption;
import io.cordee.cli.file.OutputFile;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.ModelAndRows;
import io.cordee.common.job.Job;
import io.cordee.common.measure.ClassCounts;
import io.cordee.common.text.OutsideText;
import io.cordee.worker.data.rows.DataSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "predict",
    description = {
      "Runs a trained model on rows and writes its outputs as CSV.",
      "Columns: row (in the source file, from 0), the one named by --id, columns that the job ignores (such as an id), class (the index of the predicted class), label (its name, if the job"
          + " names its classes), and the outputs: output_NAME for each class or, without names, output0,"
          + " output1 and so on. A regression has neither class nor label.",
      "Rows need no labels: a label or target column may be absent, and is ignored if present. It"
          + " is absent if the header does not name it; where the job gives it by index, if the"
          + " file has exactly as many columns as the model has inputs, besides those that the job ignores; in LIBSVM, if a line starts"
          + " with a feature."
    },
    footer = {
      "",
      "Examples:",
      "  cordee predict --model runs/last --out predictions.csv",
      "  cordee predict --model model.safetensors --data new-rows.csv"
    })
public final class PredictCommand extends CordeeCommand {

  @Mixin private ModelAndRows given;

  @Option(
      names = "--out",
      paramLabel = "CSV",
      description = "The file to write (default: standard output).")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--id",
      paramLabel = "COLUMN",
      description = "A column of the rows' table to copy beside the row, by name or index.")
  private Optional<String> id = Optional.empty();

  @Mixin private ForceOption force;

  @Override
  public Integer call() throws IOException {
    Logging.warningsOnly();
    Optional<OutputFile> file = out.map(force::checked);
    TrainedModel trained = given.trained();
    OptionalDouble threshold = given.threshold(trained);
    DataSource source = given.openUnlabelled(trained);
    List<String> ids = id.map(source::texts).orElse(List.of());
    float[] outputs = trained.outputs(source.all(), given.functions(trained));
    int width = trained.job().model().outputs();
    float[] decided = ClassCounts.decided(outputs, width, threshold);
    if (file.isEmpty()) {
      print(trained, source, ids, outputs, decided, printer());
    } else {
      file.get().write(to -> write(trained, source, ids, outputs, decided, to));
    }
    String unseen = source.unseen();
    if (!unseen.isEmpty()) {
      line().getErr().println(OutsideText.message("warning: " + unseen));
    }
    return printed();
  }

  private void write(
      TrainedModel trained,
      DataSource source,
      List<String> ids,
      float[] outputs,
      float[] decided,
      OutputStream to)
      throws IOException {
    PrintWriter writer = new PrintWriter(to, false, StandardCharsets.UTF_8);
    print(trained, source, ids, outputs, decided, writer);
    if (writer.checkError()) {
      throw new IOException("is the disk full?");
    }
  }

  private void print(
      TrainedModel trained,
      DataSource source,
      List<String> ids,
      float[] outputs,
      float[] decided,
      PrintWriter to) {
    Job job = trained.job();
    int width = job.model().outputs();
    List<String> labels = trained.classes().stream().map(PredictCommand::field).toList();
    List<List<String>> ignored = source.ignoredTexts();
    StringBuilder header = new StringBuilder("row").append(fields(id.stream().toList()));
    header.append(fields(source.ignored()));
    if (job.hasLabels()) {
      header.append(labels.isEmpty() ? ",class" : ",class,label");
    }
    for (int k = 0; k < width; k++) {
      String name = labels.size() == width ? "output_" + trained.classes().get(k) : "output" + k;
      header.append(fields(List.of(name)));
    }
    to.println(header);
    BitSet part = source.part().orElse(new BitSet());
    int inFile = -1;
    for (int row = 0; row < source.rows(); row++) {
      inFile = part.isEmpty() ? row : part.nextSetBit(inFile + 1);
      StringBuilder line = new StringBuilder().append(inFile);
      if (!ids.isEmpty()) {
        line.append(fields(List.of(ids.get(row))));
      }
      if (!ignored.isEmpty()) {
        line.append(fields(ignored.get(row)));
      }
      if (job.hasLabels()) {
        int predicted = ClassCounts.classOf(decided, row, width);
        line.append(',').append(predicted);
        if (!labels.isEmpty()) {
          line.append(',').append(labels.get(predicted));
        }
      }
      for (int k = 0; k < width; k++) {
        line.append(',').append(outputs[row * width + k]);
      }
      to.println(line);
    }
    to.flush();
  }

  private static String fields(List<String> texts) {
    return texts.stream().map(text -> "," + field(text)).collect(Collectors.joining());
  }

  /** A text as a field of CSV, quoted where it must be. */
  private static String field(String text) {
    boolean plain = text.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
