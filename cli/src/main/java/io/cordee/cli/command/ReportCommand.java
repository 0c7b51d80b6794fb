package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.file.OutputFile;
import io.cordee.cli.option.TargetsOption;
import io.cordee.experiment.chart.ChartFiles;
import io.cordee.experiment.chart.ChartFiles.Format;
import io.cordee.experiment.compare.ResultsFile;
import io.cordee.experiment.report.ReportFile;
import io.cordee.experiment.report.ReportSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes reports of runs. */
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
      "  cordee report runs/20261124-090000-digits",
      "  cordee report runs/20261124-090000-digits runs/20261124-091500-digits --out both.html",
      "  cordee report runs/20261124-100000-fashion-compare --targets 0.85,0.88 --svg --png",
      "",
      "--svg and --png draw each chart as a file, for papers and pages. They need fonts: on Debian, the",
      "packages fontconfig, libfreetype6 and fonts-dejavu-core."
    })
public final class ReportCommand extends CordeeCommand {

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

  @Option(names = "--svg", description = "Also write each chart as SVG.")
  private boolean isSvg;

  @Option(names = "--png", description = "Also write each chart as PNG.")
  private boolean isPng;

  @Option(
      names = "--charts",
      paramLabel = "DIR",
      description = "Where the charts go (default: charts, beside the report).")
  private Optional<Path> charts = Optional.empty();

  @Override
  public Integer call() throws IOException {
    Set<Format> formats = EnumSet.noneOf(Format.class);
    if (isSvg) {
      formats.add(Format.SVG);
    }
    if (isPng) {
      formats.add(Format.PNG);
    }
    if (charts.isPresent() && formats.isEmpty()) {
      throw CommandException.wrongUse("--charts needs --svg, --png or both");
    }
    Path file =
        out.orElseGet(
            () -> (folders.size() == 1 ? folders.get(0) : Path.of("")).resolve(ReportFile.NAME));
    if (out.isPresent() || Files.exists(file)) {
      OutputFile.page(file, ReportFile.TITLE_END);
    }
    Path chartFolder = charts.orElseGet(() -> file.resolveSibling("charts"));
    if (!formats.isEmpty()) {
      OutputFile.requireFolderOf(List.of(".svg", ".png"), chartFolder, "--charts");
    }
    ReportSource source = ReportSource.read(folders, targets.targets());
    source.damages().forEach(System.err::println);
    ReportFile.write(file, source);
    System.out.println("report " + file);
    if (source.note().isPresent()) {
      ResultsFile.write(folders.get(0).toAbsolutePath(), source);
    }
    if (!formats.isEmpty()) {
      int count = ChartFiles.write(source, chartFolder, formats).size();
      System.out.println(count + " charts in " + chartFolder);
    }
    return 0;
  }
}
