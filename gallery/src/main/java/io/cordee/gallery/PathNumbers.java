package io.cordee.gallery;

import com.google.gson.stream.JsonWriter;
import io.cordee.gallery.analytic.Trace;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Every path of a page with its points, as {@code cordee trace} prints them. */
final class PathNumbers {

  private final List<TracedPath> paths;

  PathNumbers(List<Figure> figures) {
    paths = new ArrayList<>();
    for (Figure figure : figures) {
      figure.panels().forEach(panel -> paths.addAll(panel.paths()));
    }
  }

  /** By identity: equal paths may stand in two figures. */
  int indexOf(TracedPath path) {
    for (int i = 0; i < paths.size(); i++) {
      if (paths.get(i) == path) {
        return i;
      }
    }
    throw new IllegalArgumentException("a path of no figure: " + path.command());
  }

  /** A list of {command, points}; a point is x, y and f. */
  String json() {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setHtmlSafe(true);
      json.beginArray();
      for (TracedPath path : paths) {
        json.beginObject().name("command").beginArray();
        for (String argument : path.command()) {
          json.value(argument);
        }
        json.endArray().name("points").beginArray();
        for (Trace.Sight sight : path.sights()) {
          json.beginArray();
          for (float x : sight.point().x()) {
            json.value(x);
          }
          json.value(sight.point().f()).endArray();
        }
        json.endArray().endObject();
      }
      json.endArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
