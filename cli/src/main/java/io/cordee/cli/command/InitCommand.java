package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.file.ForceOption;
import io.cordee.cli.file.FreshFolder;
import io.cordee.cli.file.NextCommands;
import io.cordee.cli.file.OutputFile;
import io.cordee.cli.init.DraftedJob;
import io.cordee.cli.init.TableView;
import io.cordee.cli.log.Logging;
import io.cordee.common.job.file.JobFile;
import io.cordee.worker.data.table.TableSurvey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "init",
    description = {
      "Shows what the columns of a table hold, and writes a job file for it: CSV or Parquet; CSV may be gzip or zst.",
      "Looks at every row once: columns of numbers are standardized, those of texts become categories, or ids (tables) if there are more than 50 of them, cells of several words are read by their words, dates are taken apart, and empty cells are filled; row numbers and constants are ignored, with the reason. A few cells without a number among numbers count as missing. A fifth of the rows is held out to test on, and for a target some to stop early by. Labels that are texts, or few whole numbers, are classes; other numbers are a target to regress on. Rows without a label are left out."
    },
    footer = {
      "",
      "Example:",
      "  cordee init wine.csv --label cultivar",
      "  cordee train wine.yaml --in-process"
    })
public final class InitCommand extends CordeeCommand {

  private static final int NAMES_SHOWN = 10;

  @Parameters(paramLabel = "TABLE", description = "The table.")
  private Path file;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description =
          "The column to predict, by name or by index from 0; without it, nothing is written.")
  private Optional<String> label = Optional.empty();

  @Option(
      names = "--separator",
      paramLabel = "CHAR",
      description =
          "Between columns of CSV (default: the one of , ; | and tab that the first line has most of).")
  private Optional<Character> separator = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "JOB.yaml",
      description = "The job file to write (default: named after the table, in this folder).")
  private Optional<Path> out = Optional.empty();

  @Mixin private ForceOption force;

  @Override
  public Integer call() throws IOException {
    Logging.warningsOnly();
    Path job = out.orElseGet(() -> Path.of(stem(file) + ".yaml"));
    Optional<OutputFile> written = label.map(it -> force.checked(job));
    TableSurvey table = TableSurvey.of(file, separator);
    PrintWriter console = printer();
    console.printf(
        Locale.ROOT, "%s: %,d rows, %,d columns%n", file, table.rows(), table.columns().size());
    OptionalInt column = label.map(table::find).orElseGet(OptionalInt::empty);
    Optional<DraftedJob> drafted =
        column.isPresent()
            ? Optional.of(new DraftedJob(table, named(job), column.getAsInt()))
            : Optional.empty();
    drafted.ifPresent(it -> it.remarks().forEach(console::println));
    TableView.print(table, console);
    console.flush();
    if (label.isEmpty()) {
      throw CommandException.wrongUse(
          "which of these columns is to be predicted? give it as --label COLUMN");
    }
    String none = "%s has no column '%s'; give one of those above".formatted(file, label.get());
    DraftedJob draft = drafted.orElseThrow(() -> CommandException.failed(none));
    if (!draft.obstacle().isEmpty()) {
      throw CommandException.failed(file + ": " + draft.obstacle());
    }
    String text = draft.text();
    JobFile.parse(text, job.toString(), draft.counted());
    written.get().write(text);
    if (!draft.isRegression()) {
      console.println("classes: " + TableView.shares(draft.classes(), NAMES_SHOWN));
    }
    console.printf(
        Locale.ROOT,
        "%s: %,d rows%s, %,d feature%s, %s%s%n",
        job,
        draft.rows(),
        draft.rows() < table.rows()
            ? " (%,d without a label)".formatted(table.rows() - draft.rows())
            : "",
        draft.featureCount(),
        draft.featureCount() == 1 ? "" : "s",
        draft.isRegression() ? "one target" : draft.classes().size() + " classes",
        draft.ignored().isEmpty() ? "" : "; ignored: " + shown(draft.ignored()));
    next(job, draft).forEach(console::println);
    console.flush();
    return 0;
  }

  /** The commands that train the job in a new run folder, and use the model. */
  private List<String> next(Path job, DraftedJob draft) {
    String run = FreshFolder.free(stem(job)).toString();
    List<String> train = new ArrayList<>(List.of("train", job.toString(), "--out", run));
    if (draft.isSmall()) {
      train.add("--in-process");
    }
    return new NextCommands()
        .add(train)
        .add(List.of("evaluate", "--model", run))
        .add(List.of("predict", "--model", run, "--data", file.toString()))
        .lines();
  }

  private static String shown(List<String> names) {
    return names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "))
        + (names.size() > NAMES_SHOWN ? ", ..." : "");
  }

  /** The table as the job names it: files below a job's folder are found from there. */
  private Path named(Path job) {
    Path folder = job.toAbsolutePath().normalize().getParent();
    Path table = file.toAbsolutePath().normalize();
    return table.startsWith(folder) ? folder.relativize(table) : table;
  }

  private static String stem(Path path) {
    String name = path.getFileName().toString().replaceFirst("\\.gz$", "");
    int dot = name.lastIndexOf('.');
    return (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^A-Za-z0-9._+-]", "-");
  }
}
