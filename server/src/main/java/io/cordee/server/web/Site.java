package io.cordee.server.web;

import io.cordee.server.connection.Lobby;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;

/**
 * The content of a server.
 *
 * @param name of its thread and in its log lines
 * @param routes by path
 * @param longestBody bytes of a request
 * @param refusal makes the answer to a request that no route gets, from its status and the reason
 * @param answered is told the status of each answer
 * @param nameOption by which a user gives the server another host name
 */
public record Site(
    String name,
    Map<String, Route> routes,
    int longestBody,
    Lobby.Room room,
    BiFunction<HttpResponseStatus, String, FullHttpResponse> refusal,
    IntConsumer answered,
    String nameOption) {

  private static final int MOST_CONNECTIONS = 256;

  /** Viewers behind the same address share its allowance. */
  private static final Lobby.Room VIEWERS =
      new Lobby.Room(32, MOST_CONNECTIONS / 2, MOST_CONNECTIONS / 2, MOST_CONNECTIONS);

  public Site {
    routes = Map.copyOf(routes);
  }

  /** Pages for viewers, who send no bodies. */
  static Site ofPages(Map<String, Route> routes) {
    return new Site("page", routes, 1024, VIEWERS, Answers::line, status -> {}, "--ui-name");
  }

  FullHttpResponse refuse(HttpResponseStatus status, String why) {
    answered.accept(status.code());
    return refusal.apply(status, why);
  }

  FullHttpResponse tooLarge() {
    return refuse(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, longestBodyInWords());
  }

  String longestBodyInWords() {
    return "expected a body of at most %,d bytes".formatted(longestBody);
  }
}
