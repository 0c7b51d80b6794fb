package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.file.ForceOption;
import io.cordee.cli.file.OutputFile;
import io.cordee.cli.init.DraftedJob;
import io.cordee.cli.log.Logging;
import io.cordee.common.job.JobFile;
import io.cordee.worker.data.TableSurvey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Drafts a job for a table. */
@Command(
    name = "init",
    description = {
      "Writes a job file for a table: a CSV file, gzipped or not, or a Parquet file.",
      "Looks at every row once: columns of numbers are standardized, those of texts become categories, and empty cells are filled; ids and constants are ignored, with the reason beside them. A fifth of the rows is held out to test on, and for a target some to stop early by. Labels that are texts, or few whole numbers, are classes; other numbers are a target to regress on."
    },
    footer = {
      "",
      "Example:",
      "  cordee init wine.csv --label cultivar",
      "  cordee train wine.yaml"
    })
public final class InitCommand extends CordeeCommand {

  private static final int NAMES_SHOWN = 10;

  @Parameters(paramLabel = "TABLE", description = "The table.")
  private Path file;

  @Option(
      names = "--label",
      required = true,
      paramLabel = "COLUMN",
      description = "The column to predict, by name or by index from 0.")
  private String label;

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
    OutputFile written = force.checked(job);
    TableSurvey table = TableSurvey.of(file, separator);
    int column = table.find(label).orElseThrow(() -> CommandException.failed(noSuchColumn(table)));
    DraftedJob draft = new DraftedJob(table, named(job), column);
    if (!draft.obstacle().isEmpty()) {
      throw CommandException.failed(file + ": " + draft.obstacle());
    }
    String text = draft.text();
    JobFile.parse(text, job.toString(), List.of());
    written.write(text);
    PrintWriter console = printer();
    console.printf(
        "%s: %,d rows, %,d feature%s, %s%s%n",
        job,
        table.rows(),
        draft.featureCount(),
        draft.featureCount() == 1 ? "" : "s",
        draft.isRegression() ? "one target" : draft.classes() + " classes",
        draft.ignored().isEmpty() ? "" : "; ignored: " + shown(draft.ignored()));
    console.println("train it with: cordee train " + job);
    console.flush();
    return 0;
  }

  private String noSuchColumn(TableSurvey table) {
    return "%s: expected a column '%s', by --label; found %s"
        .formatted(
            file, label, shown(table.columns().stream().map(TableSurvey.Column::name).toList()));
  }

  private static String shown(List<String> names) {
    return names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "))
        + (names.size() > NAMES_SHOWN ? ", ..." : "");
  }

  /** The table as the job names it: files beside a job are found by their names. */
  private Path named(Path job) {
    Path folder = job.toAbsolutePath().normalize().getParent();
    Path table = file.toAbsolutePath().normalize();
    return table.getParent().equals(folder) ? table.getFileName() : table;
  }

  private static String stem(Path path) {
    String name = path.getFileName().toString().replaceFirst("\\.gz$", "");
    int dot = name.lastIndexOf('.');
    return (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^A-Za-z0-9._+-]", "-");
  }
}
