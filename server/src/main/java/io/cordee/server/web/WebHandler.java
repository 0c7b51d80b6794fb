package io.cordee.server.web;

import io.cordee.server.connection.Lobby;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: answers what it asks, and changes nothing. */
final class WebHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(WebHandler.class);

  /** So long a connection may say nothing, or take for a request. */
  private static final Duration SILENCE = Duration.ofSeconds(20);

  /** And so long at first: who connects has something to ask. */
  private static final Duration FIRST = Duration.ofSeconds(5);

  private final Door door;
  private final Sessions sessions;
  private final Lobby lobby;
  private final Map<String, Asset> assets;
  private final Optional<EventStreams> page;
  private final Optional<Metrics> metrics;
  private Optional<Future<?>> deadline = Optional.empty();

  /** Whether something is still to be written; always, where it is a stream of events. */
  private boolean isAnswering;

  /**
   * @param page shared by all connections, as is the rest
   */
  WebHandler(
      Door door,
      Sessions sessions,
      Lobby lobby,
      Map<String, Asset> assets,
      Optional<EventStreams> page,
      Optional<Metrics> metrics) {
    this.door = door;
    this.sessions = sessions;
    this.lobby = lobby;
    this.assets = assets;
    this.page = page;
    this.metrics = metrics;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    expect(context, FIRST);
    super.channelActive(context);
  }

  /** A request has to be here in time. */
  private void expect(ChannelHandlerContext context, Duration within) {
    deadline =
        Optional.of(
            context
                .executor()
                .schedule(() -> context.close(), within.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    deadline.ifPresent(waiting -> waiting.cancel(false));
    super.channelInactive(context);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    deadline.ifPresent(waiting -> waiting.cancel(false));
    if (isAnswering) {
      // Browsers wait for an answer. Who does not could pile up more of them than there is memory.
      context.close();
      return;
    }
    isAnswering = true;
    lobby.isBusy(context.channel());
    Optional<FullHttpResponse> refusal = refusal(request);
    if (refusal.isPresent()) {
      answer(context, request, refusal.get());
      return;
    }
    String path = request.uri().split("\\?", 2)[0];
    if (path.equals("/events") && page.isPresent()) {
      stream(context, request, page.get());
    } else {
      answer(context, request, answer(path, request, port(context)));
    }
  }

  private Optional<FullHttpResponse> refusal(FullHttpRequest request) {
    if (!request.decoderResult().isSuccess()) {
      return line(HttpResponseStatus.BAD_REQUEST, "malformed request");
    }
    if (!request.method().equals(HttpMethod.GET)) {
      FullHttpResponse no =
          Answers.line(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET is supported here");
      no.headers().set(HttpHeaderNames.ALLOW, "GET");
      return Optional.of(no);
    }
    if (request.content().isReadable()) {
      return line(HttpResponseStatus.BAD_REQUEST, "a GET request must not have a body");
    }
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    if (hosts.size() != 1 || !door.isMeant(hosts.get(0))) {
      return line(
          HttpResponseStatus.MISDIRECTED_REQUEST,
          "unknown host name; use the server's address, or start it with --ui-name");
    }
    return Optional.empty();
  }

  private static Optional<FullHttpResponse> line(HttpResponseStatus status, String text) {
    return Optional.of(Answers.line(status, text));
  }

  private FullHttpResponse answer(String path, FullHttpRequest request, int port) {
    if (page.isPresent()) {
      if (assets.containsKey(path)) {
        Asset asset = assets.get(path);
        return Answers.of(HttpResponseStatus.OK, asset.type(), asset.content());
      }
      if (path.equals("/api/session")) {
        return session(request, port);
      }
      if (path.equals("/api/state")) {
        return sessions.mayLook(request.headers(), port)
            ? Answers.of(
                HttpResponseStatus.OK,
                "application/json",
                page.get().everything().getBytes(StandardCharsets.UTF_8))
            : unauthorized();
      }
    }
    if (path.equals("/metrics") && metrics.isPresent()) {
      return sessions.mayLook(request.headers(), port)
          ? Answers.of(HttpResponseStatus.OK, Metrics.TYPE, metrics.get().scrape())
          : unauthorized();
    }
    return Answers.line(HttpResponseStatus.NOT_FOUND, "there is nothing here");
  }

  /** Who shows the token gets a cookie for it. */
  private FullHttpResponse session(FullHttpRequest request, int port) {
    if (!sessions.showsToken(request.headers())) {
      return unauthorized();
    }
    FullHttpResponse answer = Answers.nothing(HttpResponseStatus.NO_CONTENT);
    answer.headers().set(HttpHeaderNames.SET_COOKIE, sessions.cookie(port));
    return answer;
  }

  private static int port(ChannelHandlerContext context) {
    return ((InetSocketAddress) context.channel().localAddress()).getPort();
  }

  private static FullHttpResponse unauthorized() {
    FullHttpResponse answer = Answers.line(HttpResponseStatus.UNAUTHORIZED, "a token is required");
    answer.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"cordee\"");
    return answer;
  }

  private void stream(
      ChannelHandlerContext context, FullHttpRequest request, EventStreams streams) {
    if (!sessions.mayLook(request.headers(), port(context))) {
      answer(context, request, unauthorized());
    } else if (!streams.hasRoom()) {
      answer(
          context,
          request,
          Answers.line(
              HttpResponseStatus.SERVICE_UNAVAILABLE,
              "at most " + EventStreams.MOST + " pages can be open at a time"));
    } else {
      Channel channel = context.channel();
      channel.writeAndFlush(Answers.stream());
      streams.add(channel);
    }
  }

  private void answer(
      ChannelHandlerContext context, FullHttpRequest request, FullHttpResponse answer) {
    boolean goesOn = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
    HttpUtil.setKeepAlive(answer, goesOn);
    var written = context.writeAndFlush(answer);
    if (goesOn) {
      written.addListener(
          done -> {
            isAnswering = false;
            lobby.isIdle(context.channel());
          });
      expect(context, SILENCE);
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** Whatever it is, the training continues, and so do the other viewers. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a connection to the page is closed", cause);
    context.close();
  }
}
