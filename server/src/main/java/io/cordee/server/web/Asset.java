package io.cordee.server.web;

import io.cordee.common.file.Resource;
import io.cordee.common.svg.Axis;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Resources of a page, which lead to no file: they are read once. */
public final class Asset {

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  private Asset() {}

  /** The live page, by path. */
  static Map<String, Route> ofLivePage() {
    Map<String, Route> assets = new LinkedHashMap<>();
    assets.put("/", own("page.html"));
    for (String name : List.of("page.js", "steps.js", "tables.js", "words.js")) {
      assets.put("/" + name, own(name));
    }
    assets.put("/page.css", own("page.css"));
    assets.put("/icon.svg", own("icon.svg"));
    assets.put("/curves.js", read(Axis.class, "curves.js"));
    assets.put("/uplot.js", of("uplot.js", Resource.uPlot("dist/uPlot.iife.min.js")));
    assets.put("/uplot.css", of("uplot.css", Resource.uPlot("dist/uPlot.min.css")));
    return assets;
  }

  /** A resource of the live page; other pages share its style and its icon. */
  public static Route own(String name) {
    return read(Asset.class, name);
  }

  /** A resource in the package of its owner. */
  public static Route read(Class<?> owner, String name) {
    return of(name, Resource.read(owner, name));
  }

  private static Route of(String name, String content) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return Route.get(Route.Guard.NONE, () -> Answers.of(HttpResponseStatus.OK, type, bytes));
  }
}
