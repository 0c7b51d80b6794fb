package io.cordee.server.web;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * An answer to requests for a path.
 *
 * @param method the only one that is allowed
 * @param action called on the server's thread, which it must not hold up; answers now or later
 */
public record Route(HttpMethod method, Guard guard, Consumer<Exchange> action) {

  /** Clients that are answered, where the server has a token. */
  public enum Guard {
    /** All of them. */
    NONE,
    /** Clients that have shown the token, now or earlier. */
    SESSION,
    /** Clients that show it now. */
    TOKEN
  }

  /** Gives a client that shows the token a cookie for it. */
  public static final Route BEGIN_SESSION =
      new Route(HttpMethod.GET, Guard.TOKEN, Exchange::beginSession);

  /** An answer that is made anew for each request, at once. */
  public static Route get(Guard guard, Supplier<FullHttpResponse> answer) {
    return new Route(HttpMethod.GET, guard, exchange -> exchange.answer(answer.get()));
  }
}
