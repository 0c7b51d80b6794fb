package io.cordee.experiment.chart;

import io.cordee.common.file.WholeFile;
import io.cordee.common.measure.Metric;
import io.cordee.common.run.Measure;
import io.cordee.experiment.report.HeatMap;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.Run.Scale;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes the charts of a report as SVG files, for papers and pages. */
public final class ChartFiles {

  private static final List<Measure> DRAWN =
      List.of(
          Measure.LOSS,
          Measure.VALIDATION_LOSS,
          Measure.TEST_LOSS,
          Measure.VALIDATION_ACCURACY,
          Measure.TEST_ACCURACY,
          Measure.validation(Metric.R2),
          Measure.test(Metric.R2));

  private ChartFiles() {}

  /** Returns the files written. */
  public static List<Path> write(ReportSource source, Path folder, Paper paper) throws IOException {
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    for (Scale scale : source.scales()) {
      for (Measure measure : DRAWN) {
        Optional<String> chart = CurveChart.svg(source, measure, scale, paper);
        if (chart.isPresent()) {
          String name = word(measure.column()) + "-over-" + word(scale.name());
          files.add(write(chart.get(), folder, name));
        }
      }
    }
    for (HeatMap map : HeatMap.of(source, List.of(Scale.ROUNDS))) {
      String name = "map-" + map.name().replaceAll("[^\\w.]+", "-");
      files.add(write(HeatChart.svg(map, source, paper), folder, name));
    }
    return files;
  }

  private static Path write(String svg, Path folder, String name) throws IOException {
    Path file = folder.resolve(name + ".svg");
    WholeFile.write(file, svg.getBytes(StandardCharsets.UTF_8));
    return file;
  }

  private static String word(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
