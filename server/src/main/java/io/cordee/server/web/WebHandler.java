package io.cordee.server.web;

import io.cordee.server.connection.Lobby;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: has its requests answered, one after the other. */
final class WebHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(WebHandler.class);

  private final Door door;
  private final Sessions sessions;
  private final Lobby lobby;
  private final Site site;

  /** True if something is still to be written; always, where it is a stream of events. */
  private boolean isAnswering;

  /** True if the answer that is under way is the last. */
  private boolean isEnding;

  /** All are shared by all connections. */
  WebHandler(Door door, Sessions sessions, Lobby lobby, Site site) {
    this.door = door;
    this.sessions = sessions;
    this.lobby = lobby;
    this.site = site;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (isAnswering) {
      // Something asked behind a stream of events, which has no end.
      context.close();
      return;
    }
    isAnswering = true;
    // The next request waits for the answer, unread if it has not come yet.
    context.channel().config().setAutoRead(false);
    lobby.isBusy(context.channel());
    boolean isReadable =
        request.decoderResult().isSuccess()
            || request.decoderResult().cause() instanceof Bodies.TooLongBodyException;
    boolean goesOn = HttpUtil.isKeepAlive(request) && isReadable;
    Exchange exchange =
        new Exchange(
            request,
            context.channel(),
            sessions,
            answer -> {
              HttpUtil.setKeepAlive(
                  answer.headers(), request.protocolVersion(), goesOn && !isEnding);
              write(context, answer, goesOn && !isEnding);
            });
    Optional<Route> route = route(request, exchange);
    if (route.isPresent()) {
      exchange.take(request.content());
      route.get().action().accept(exchange);
    }
  }

  /** Returns the route to take; answers itself if there is none. */
  private Optional<Route> route(FullHttpRequest request, Exchange exchange) {
    if (!request.decoderResult().isSuccess()) {
      Throwable cause = request.decoderResult().cause();
      if (cause instanceof Bodies.TooLongBodyException) {
        return no(exchange, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, site.longestBodyInWords());
      }
      return cause instanceof TooLongHttpLineException
          ? no(exchange, HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request's line is too long")
          : cause instanceof TooLongHttpHeaderException
              ? no(
                  exchange,
                  HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                  "the request's headers are too long")
              : no(exchange, HttpResponseStatus.BAD_REQUEST, "malformed request");
    }
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    if (hosts.size() != 1 || !door.isMeant(hosts.get(0))) {
      return no(
          exchange,
          HttpResponseStatus.MISDIRECTED_REQUEST,
          "unknown host name; use the server's address, or start it with " + site.nameOption());
    }
    Route route = site.routes().get(request.uri().split("\\?", 2)[0]);
    if (route == null) {
      return no(exchange, HttpResponseStatus.NOT_FOUND, "there is nothing here");
    }
    HttpMethod allowed = route.method();
    if (!request.method().equals(allowed)) {
      FullHttpResponse no =
          site.refusal()
              .apply(
                  HttpResponseStatus.METHOD_NOT_ALLOWED, "only " + allowed + " is supported here");
      no.headers().set(HttpHeaderNames.ALLOW, allowed.name());
      exchange.answer(no);
      return Optional.empty();
    }
    if (allowed.equals(HttpMethod.GET) && request.content().isReadable()) {
      return no(exchange, HttpResponseStatus.BAD_REQUEST, "a GET request must not have a body");
    }
    if (!isAllowed(route, request.headers(), exchange)) {
      FullHttpResponse no =
          site.refusal().apply(HttpResponseStatus.UNAUTHORIZED, "a token is required");
      no.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"cordee\"");
      exchange.answer(no);
      return Optional.empty();
    }
    return Optional.of(route);
  }

  private Optional<Route> no(Exchange exchange, HttpResponseStatus status, String why) {
    exchange.answer(site.refusal().apply(status, why));
    return Optional.empty();
  }

  private boolean isAllowed(Route route, HttpHeaders headers, Exchange exchange) {
    int port = ((InetSocketAddress) exchange.connection().localAddress()).getPort();
    return switch (route.guard()) {
      case NONE -> true;
      case SESSION -> sessions.mayLook(headers, port);
      case TOKEN -> sessions.showsToken(headers);
    };
  }

  private void write(ChannelHandlerContext context, FullHttpResponse answer, boolean goesOn) {
    site.answered().accept(answer.status().code());
    var written = context.writeAndFlush(answer);
    if (!goesOn) {
      written.addListener(ChannelFutureListener.CLOSE);
      return;
    }
    written.addListener(
        done -> {
          isAnswering = false;
          if (isEnding) {
            context.close();
            return;
          }
          lobby.isIdle(context.channel());
          context.channel().config().setAutoRead(true);
        });
  }

  /** Closes the connection, after the answer that is under way if there is one. */
  void end(ChannelHandlerContext context) {
    isEnding = true;
    if (!isAnswering) {
      context.close();
    }
  }

  /** Whatever the error, the training continues, and the other viewers are unaffected. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a connection to the {} is closed", site.name(), cause);
    context.close();
  }
}
