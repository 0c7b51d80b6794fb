package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.file.OutputFile;
import io.cordee.cli.file.TrainingNote;
import io.cordee.cli.option.CacheOption;
import io.cordee.cli.option.TargetsOption;
import io.cordee.experiment.chart.ChartFiles;
import io.cordee.experiment.chart.Paper;
import io.cordee.experiment.compare.ResultsFile;
import io.cordee.experiment.report.Means;
import io.cordee.experiment.report.ReportFile;
import io.cordee.experiment.report.ReportSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "report",
    description = {
      "Makes a report of runs, one file that opens offline: curves, tables, settings and digests.",
      "cordee train and cordee compare end with one unless interrupted; this makes it again, of"
          + " other runs together, or while they are still running."
    },
    footer = {
      "",
      "Examples:",
      "  cordee report runs/last",
      "  cordee report runs/20261124-090000-digits runs/20261124-091500-digits --out both.html",
      "  cordee report runs/20261124-100000-fashion-compare --targets 0.85,0.88",
      "  cordee report runs/20261124-100000-fashion-compare --svg --width 340 --height 220 --title ''"
    })
public final class ReportCommand extends CordeeCommand {

  private static final int SMALLEST = 100;
  private static final int LARGEST = 10_000;

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "Run folders, folders of run folders, or the folder of a comparison.")
  private List<Path> folders;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Where to write it (default: report.html in DIR; for several, in this folder). An earlier report is replaced, another file is not.")
  private Optional<Path> out = Optional.empty();

  @Mixin private TargetsOption targets;

  @Option(
      names = "--svg",
      description = "Also write each chart as an SVG file, for papers and pages.")
  private boolean isSvg;

  @Option(
      names = "--width",
      paramLabel = "POINTS",
      description = "Width of the charts (default: 860, or as wide as a map needs).")
  private Optional<Integer> width = Optional.empty();

  @Option(
      names = "--height",
      paramLabel = "POINTS",
      description = "Height of the charts (default: 460, or as high as a map needs).")
  private Optional<Integer> height = Optional.empty();

  @Option(
      names = "--font",
      paramLabel = "FAMILY",
      description = "Font of the charts (default: DejaVu Sans).")
  private Optional<String> font = Optional.empty();

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      description = "Title of the charts (default: that of the report); empty for none.")
  private Optional<String> title = Optional.empty();

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Also write the means over seeds as CSV; of three seeds or more.")
  private Optional<Path> csv = Optional.empty();

  @Option(names = "--latex", paramLabel = "FILE", description = "The same as a LaTeX table.")
  private Optional<Path> latex = Optional.empty();

  @Option(
      names = "--charts",
      paramLabel = "DIR",
      description = "Where the charts go (default: charts, beside the report).")
  private Optional<Path> charts = Optional.empty();

  @Override
  public Integer call() throws IOException {
    requireSvg();
    Paper paper = new Paper(number(width), number(height), font, title);
    Path file =
        out.orElseGet(
            () -> (folders.size() == 1 ? folders.get(0) : Path.of("")).resolve(ReportFile.NAME));
    if (out.isPresent() || Files.exists(file)) {
      OutputFile.replacing(file, ReportFile.TITLE_END, "--out");
    }
    Path chartFolder = charts.orElseGet(() -> file.resolveSibling("charts"));
    if (isSvg) {
      OutputFile.requireFolderOf(List.of(".svg"), chartFolder, "--charts");
    }
    Optional<OutputFile> csvFile = csv.map(path -> OutputFile.replacing(path, Means.CSV, "--csv"));
    Optional<OutputFile> latexFile =
        latex.map(path -> OutputFile.replacing(path, Means.LATEX, "--latex"));
    ReportSource found = ReportSource.read(folders, targets.targets());
    found
        .runs()
        .forEach(
            run -> TrainingNote.complete(run.folder(), true, new CacheOption().cache(line -> {})));
    ReportSource source = ReportSource.read(folders, targets.targets());
    source.damages().forEach(System.err::println);
    Optional<Means> means = Means.of(source);
    ReportFile.write(file, source);
    printer().println("report " + file);
    if (source.note().isPresent()) {
      ResultsFile.write(folders.get(0).toAbsolutePath(), source);
    }
    if (isSvg) {
      int count = ChartFiles.write(source, chartFolder, paper).size();
      printer().println(count + " charts in " + chartFolder);
    }
    if (means.isEmpty() && (csvFile.isPresent() || latexFile.isPresent())) {
      throw CommandException.failed(
          "--csv and --latex: expected two groups of runs or more, each with three seeds or more,"
              + " as cordee compare --seeds 5 makes them; the report is written all the same");
    }
    csvFile.ifPresent(csvTo -> csvTo.write(means.orElseThrow().csv()));
    latexFile.ifPresent(latexTo -> latexTo.write(means.orElseThrow().latex()));
    return 0;
  }

  private static OptionalInt number(Optional<Integer> given) {
    return given.map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  private void requireSvg() {
    boolean isDrawn =
        charts.isPresent()
            || width.isPresent()
            || height.isPresent()
            || font.isPresent()
            || title.isPresent();
    if (isDrawn && !isSvg) {
      throw CommandException.wrongUse("--charts, --width, --height, --font and --title need --svg");
    }
    for (Optional<Integer> size : List.of(width, height)) {
      if (size.isPresent() && (size.get() < SMALLEST || size.get() > LARGEST)) {
        throw CommandException.wrongUse(
            "--width and --height: expected %d to %d points; found %d"
                .formatted(SMALLEST, LARGEST, size.get()));
      }
    }
  }
}
