package io.cordee.server.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a browser is given to show the page with: from this jar and that of uPlot, and nothing else.
 *
 * @param type its content type
 */
record Asset(String type, byte[] content) {

  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";

  /** By path. They are read once, so that no path leads to a file. */
  static Map<String, Asset> all() {
    Map<String, Asset> assets = new LinkedHashMap<>();
    assets.put("/", own("page.html", "text/html; charset=utf-8"));
    assets.put("/page.js", own("page.js", SCRIPT));
    for (String script : List.of("charts.js", "steps.js", "tables.js", "words.js")) {
      assets.put("/" + script, own(script, SCRIPT));
    }
    assets.put("/page.css", own("page.css", STYLE));
    assets.put("/icon.svg", own("icon.svg", "image/svg+xml"));
    assets.put("/uplot.js", read(UPLOT + "uPlot.iife.min.js", SCRIPT));
    assets.put("/uplot.css", read(UPLOT + "uPlot.min.css", STYLE));
    return assets;
  }

  private static Asset own(String name, String type) {
    return read("/io/cordee/server/web/" + name, type);
  }

  private static Asset read(String resource, String type) {
    try (InputStream in = Asset.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            resource
                + " is not on the class path; build Cordee again, and keep its lib folder whole");
      }
      return new Asset(type, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
