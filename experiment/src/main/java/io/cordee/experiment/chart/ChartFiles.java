package io.cordee.experiment.chart;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import de.rototor.pdfbox.graphics2d.PdfBoxGraphics2D;
import io.cordee.common.file.WholeFile;
import io.cordee.common.measure.Metric;
import io.cordee.common.run.Measure;
import io.cordee.experiment.report.HeatMap;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.Run.Scale;
import java.awt.Rectangle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.jfree.chart.ChartUtils;

/** Writes the charts of a report as files, for papers and pages. */
public final class ChartFiles {

  public enum Format {
    SVG,
    PNG,
    PDF
  }

  /**
   * @param width in points; empty for that of the chart, like the others
   * @param font the name of a family
   */
  public record Paper(
      OptionalInt width, OptionalInt height, Optional<String> font, Optional<String> title) {

    public static final Paper SCREEN =
        new Paper(OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());

    private Drawing on(Drawing drawing) {
      title.ifPresent(drawing.chart()::setTitle);
      font.ifPresent(family -> ChartStyle.write(drawing.chart(), family));
      return new Drawing(
          drawing.chart(), width.orElse(drawing.width()), height.orElse(drawing.height()));
    }
  }

  private static final List<Measure> DRAWN =
      List.of(
          Measure.LOSS,
          Measure.VALIDATION_LOSS,
          Measure.TEST_LOSS,
          Measure.VALIDATION_ACCURACY,
          Measure.TEST_ACCURACY,
          Measure.validation(Metric.R2),
          Measure.test(Metric.R2));

  /** Pixels of a bitmap for each unit of a drawing. */
  private static final int PIXELS = 2;

  private ChartFiles() {}

  /**
   * @return the files
   * @throws ChartException if there are no fonts to draw with
   */
  public static List<Path> write(ReportSource source, Path folder, Set<Format> formats, Paper paper)
      throws IOException {
    System.setProperty("java.awt.headless", "true");
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    try {
      for (Scale scale : source.scales()) {
        for (Measure measure : DRAWN) {
          String name = word(measure.column()) + "-over-" + word(scale.name());
          var chart = CurveChart.of(source, measure, scale);
          if (chart.isPresent()) {
            files.addAll(write(paper.on(chart.get()), folder.resolve(name), formats));
          }
        }
      }
      for (HeatMap map : HeatMap.of(source, List.of(Scale.ROUNDS))) {
        String name = "map-" + map.name().replaceAll("[^\\w.]+", "-");
        files.addAll(write(paper.on(HeatChart.of(map, source)), folder.resolve(name), formats));
      }
    } catch (LinkageError | InternalError | RuntimeException e) {
      throw e instanceof RuntimeException defect && !isOfFonts(e) ? defect : new ChartException(e);
    }
    return files;
  }

  private static boolean isOfFonts(Throwable e) {
    return List.of(e.getStackTrace()).stream()
        .anyMatch(frame -> frame.getClassName().startsWith("sun.font."));
  }

  private static String word(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<Path> write(Drawing drawing, Path base, Set<Format> formats)
      throws IOException {
    List<Path> files = new ArrayList<>();
    for (Format format : formats) {
      Path file = base.resolveSibling(base.getFileName() + "." + word(format.name()));
      WholeFile.write(
          file,
          switch (format) {
            case PNG -> png(drawing);
            case SVG -> svg(drawing).getBytes(StandardCharsets.UTF_8);
            case PDF -> pdf(drawing);
          });
      files.add(file);
    }
    return files;
  }

  private static byte[] png(Drawing drawing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChartUtils.writeScaledChartAsPNG(
        bytes, drawing.chart(), drawing.width(), drawing.height(), PIXELS, PIXELS);
    return bytes.toByteArray();
  }

  /** Letters are drawn as shapes, so that they look alike wherever there is no such font. */
  private static byte[] pdf(Drawing drawing) throws IOException {
    int width = drawing.width();
    int height = drawing.height();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PDDocument document = new PDDocument()) {
      PDPage page = new PDPage(new PDRectangle(width, height));
      document.addPage(page);
      PdfBoxGraphics2D graphics = new PdfBoxGraphics2D(document, width, height);
      drawing.chart().draw(graphics, new Rectangle(width, height));
      graphics.dispose();
      try (PDPageContentStream content = new PDPageContentStream(document, page)) {
        content.drawForm(graphics.getXFormObject());
      }
      document.save(bytes);
    }
    return bytes.toByteArray();
  }

  private static String svg(Drawing drawing) throws IOException {
    VectorGraphics2D graphics = new VectorGraphics2D();
    drawing.chart().draw(graphics, new Rectangle(drawing.width(), drawing.height()));
    Document document =
        Processors.get("svg")
            .getDocument(
                graphics.getCommands(), new PageSize(0, 0, drawing.width(), drawing.height()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    document.writeTo(bytes);

    // Who looks at it may not have that font.
    return bytes
        .toString(StandardCharsets.UTF_8)
        .replaceAll(
            "font-family:&quot;DejaVu Sans&quot;;", "font-family:DejaVu Sans,Verdana,sans-serif;");
  }
}
