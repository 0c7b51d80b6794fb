package io.cordee.gallery;

import com.google.gson.Gson;
import io.cordee.common.file.Resource;
import io.cordee.gallery.analytic.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** All figures: as one page that loads nothing, or as SVG files. */
public final class Gallery {

  /** Identifies the page. */
  public static final String TITLE = "<title>Gradient Descent Variations</title>";

  /** What {@code exhibits.yaml} holds. */
  record Exhibits(List<Landscape> landscapes, List<Exhibit> figures) {

    static Exhibits read() {
      Object yaml =
          new Load(LoadSettings.builder().build())
              .loadFromString(Resource.read(Gallery.class, "exhibits.yaml"));
      Gson gson = new Gson();
      return gson.fromJson(gson.toJsonTree(yaml), Exhibits.class);
    }

    private Landscape landscape(String name) {
      return landscapes.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }
  }

  /** A path as {@code cordee trace} prints it; a point is x, y and f. */
  private record Numbers(List<String> command, List<List<Number>> points) {

    static Numbers of(TracedPath path) {
      List<List<Number>> points = new ArrayList<>();
      for (Trace.Point point : path.points()) {
        points.add(List.of(point.x()[0], point.x()[1], point.f()));
      }
      return new Numbers(path.command(), points);
    }
  }

  private final List<Landscape> landscapes;
  private final List<Figure> figures;

  private Gallery(Exhibits exhibits) {
    landscapes = exhibits.landscapes();
    figures =
        exhibits.figures().stream()
            .map(exhibit -> Figure.of(exhibit, exhibits.landscape(exhibit.on())))
            .toList();
  }

  public static Gallery compute() {
    return new Gallery(Exhibits.read());
  }

  public String page() {
    StringBuilder grounds = new StringBuilder(Trails.DOT);
    landscapes.forEach(landscape -> grounds.append(landscape.ground()));
    String page =
        Resource.read(Gallery.class, "gallery.html")
            .replace(
                "{{style}}",
                Resource.read(Gallery.class, "figure.css")
                    + Resource.read(Gallery.class, "gallery.css"))
            .replace("{{grounds}}", grounds)
            .replace("{{script}}", Resource.read(Gallery.class, "gallery.js"));
    List<Numbers> numbers = new ArrayList<>();
    for (Figure figure : figures) {
      page =
          page.replace("{{" + figure.exhibit().id() + "}}", FigureHtml.of(figure, numbers.size()));
      figure.paths().forEach(path -> numbers.add(Numbers.of(path)));
    }
    // Gson writes <, > and & as escapes.
    return page.replace("{{numbers}}", new Gson().toJson(numbers));
  }

  /** Every figure as an SVG file, by its name. */
  public Map<String, String> files() {
    String style = Resource.read(Gallery.class, "figure.css");
    Map<String, String> files = new LinkedHashMap<>();
    for (Figure figure : figures) {
      files.put(figure.exhibit().id() + ".svg", FigureSvg.of(figure, style));
    }
    return files;
  }
}
