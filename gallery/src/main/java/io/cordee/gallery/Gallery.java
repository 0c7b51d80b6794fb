package io.cordee.gallery;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All figures: as one page that loads nothing, or as SVG files. */
public final class Gallery {

  private final List<Figure> figures;

  private Gallery(List<Figure> figures) {
    this.figures = figures;
  }

  /** Computes every path. */
  public static Gallery compute() {
    return new Gallery(Exhibits.all());
  }

  /** What the page can be told by. */
  public static final String TITLE = "<title>Gradient Descent Variations</title>";

  /** The page; HTML. */
  public String page() {
    PathNumbers numbers = new PathNumbers(figures);
    StringBuilder grounds = new StringBuilder(Trails.DOT);
    for (Landscape landscape : Landscape.values()) {
      grounds.append(landscape.ground());
    }
    String page =
        resource("gallery.html")
            .replace("{{style}}", resource("figure.css") + resource("gallery.css"))
            .replace("{{grounds}}", grounds)
            .replace("{{numbers}}", numbers.json())
            .replace("{{script}}", resource("gallery.js"));
    for (Figure figure : figures) {
      page = page.replace("{{" + figure.id() + "}}", FigureHtml.of(figure, numbers));
    }
    return page;
  }

  /** Every figure as an SVG file, by its name. */
  public Map<String, String> files() {
    String style = resource("figure.css");
    Map<String, String> files = new LinkedHashMap<>();
    for (Figure figure : figures) {
      files.put(figure.id() + ".svg", FigureSvg.of(figure, style));
    }
    return files;
  }

  private static String resource(String name) {
    try (InputStream in = Gallery.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
