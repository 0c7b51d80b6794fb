package io.cordee.server.web;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * What a browser is given to show the page with: from this jar and that of uPlot, and nothing else.
 *
 * @param type its content type
 */
record Asset(String type, byte[] content) {

  private static final String UPLOT = "org.webjars.npm/uplot";
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
    String charts = "/META-INF/resources/webjars/uplot/" + version(UPLOT) + "/dist/";
    assets.put("/uplot.js", read(charts + "uPlot.iife.min.js", SCRIPT));
    assets.put("/uplot.css", read(charts + "uPlot.min.css", STYLE));
    return assets;
  }

  /** As its jar tells it. */
  private static String version(String artifact) {
    Properties pom = new Properties();
    byte[] content = read("/META-INF/maven/" + artifact + "/pom.properties", "").content();
    try {
      pom.load(new ByteArrayInputStream(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pom.getProperty("version");
  }

  private static Asset own(String name, String type) {
    return read("/io/cordee/server/web/" + name, type);
  }

  private static Asset read(String resource, String type) {
    try (InputStream in = Asset.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            resource
                + " is not on the class path; rebuild Cordee, and keep its lib folder complete");
      }
      return new Asset(type, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
