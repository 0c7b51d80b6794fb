package io.cordee.cli.option;

import io.cordee.cli.commandline.Listening;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.server.observe.Observation;
import io.cordee.server.web.Door;
import io.cordee.server.web.Metrics;
import io.cordee.server.web.WebServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The live page and metrics of a job; closed when it is over. */
public final class LiveView implements AutoCloseable {

  private final List<WebServer> servers = new ArrayList<>();
  private final List<String> places = new ArrayList<>();

  LiveView() {}

  /**
   * @param option that asks for it
   */
  void add(String option, HostAndPort at, Door door, Optional<Observation> page, Metrics metrics) {
    try {
      WebServer server = new WebServer(Listening.at(at), door, page, metrics);
      servers.add(server);
      String scheme = door.tls().isPresent() ? "https://" : "http://";
      places.add(
          (page.isPresent() ? "page at " : "metrics at ")
              + scheme
              + at.withPort(server.port())
              + (page.isPresent() ? "/" : "/metrics"));
    } catch (IOException e) {
      throw Listening.refused(at, e, option);
    }
  }

  /** Prints where they are, a line each. */
  public void say(Consumer<String> print) {
    places.forEach(print);
  }

  @Override
  public void close() {
    servers.forEach(WebServer::close);
  }
}
