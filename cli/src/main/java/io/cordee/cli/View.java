package io.cordee.cli;

import io.cordee.server.web.WebServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The live page and metrics of a job; closed when it is over. */
final class View implements AutoCloseable {

  private final List<WebServer> servers = new ArrayList<>();
  private final List<String> places = new ArrayList<>();

  private View() {}

  /** Starts them. */
  static View open(List<ViewOptions.Shown> all) {
    View view = new View();
    for (ViewOptions.Shown shown : all) {
      try {
        view.open(shown);
      } catch (CommandException e) {
        view.close();
        throw e;
      }
    }
    return view;
  }

  private void open(ViewOptions.Shown shown) {
    HostAndPort at = shown.at();
    if (at.resolve().isUnresolved()) {
      throw CommandException.failed("cannot listen on " + at.host() + ": no such host");
    }
    try {
      WebServer server = WebServer.start(at.resolve(), shown.door(), shown.site());
      servers.add(server);
      String scheme = shown.door().tls().isPresent() ? "https://" : "http://";
      boolean isPage = shown.site().page().isPresent();
      places.add(
          (isPage ? "page at " : "metrics at ")
              + scheme
              + new HostAndPort(at.host(), server.port())
              + (isPage ? "/" : "/metrics"));
    } catch (IOException e) {
      throw CommandException.failed(
          "cannot listen on %s: %s; give another %s HOST:PORT"
              .formatted(at, Errors.rootText(e), shown.option()));
    }
  }

  /** Prints where they are, a line each. */
  void say(Consumer<String> print) {
    places.forEach(print);
  }

  @Override
  public void close() {
    servers.forEach(WebServer::close);
  }
}
