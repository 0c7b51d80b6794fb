package io.cordee.server.web;

import io.cordee.common.file.Resource;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A resource of the page, from this jar or uPlot's, and nothing else. */
record Asset(String type, byte[] content) {

  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";

  private Asset(String type, String content) {
    this(type, content.getBytes(StandardCharsets.UTF_8));
  }

  /** By path. They are read once, so that no path leads to a file. */
  static Map<String, Asset> all() {
    Map<String, Asset> assets = new LinkedHashMap<>();
    assets.put("/", own("page.html", "text/html; charset=utf-8"));
    for (String script : List.of("page.js", "charts.js", "steps.js", "tables.js", "words.js")) {
      assets.put("/" + script, own(script, SCRIPT));
    }
    assets.put("/page.css", own("page.css", STYLE));
    assets.put("/icon.svg", own("icon.svg", "image/svg+xml"));
    assets.put("/uplot.js", new Asset(SCRIPT, Resource.uPlot("dist/uPlot.iife.min.js")));
    assets.put("/uplot.css", new Asset(STYLE, Resource.uPlot("dist/uPlot.min.css")));
    return assets;
  }

  private static Asset own(String name, String type) {
    return new Asset(type, Resource.read(Asset.class, name));
  }
}
