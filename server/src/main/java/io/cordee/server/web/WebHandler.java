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
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: answers what it asks, and changes nothing. */
final class WebHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(WebHandler.class);

  private static final String SESSION = "/api/session";
  private static final String STATE = "/api/state";
  private static final String EVENTS = "/events";
  private static final Set<String> PAGE = Set.of(SESSION, STATE, EVENTS);

  /** How long a connection may be silent, or take to send a request. */
  private static final Duration SILENCE = Duration.ofSeconds(20);

  /** The limit for the first request: a client that connects has something to ask. */
  private static final Duration FIRST = Duration.ofSeconds(5);

  private final Door door;
  private final Sessions sessions;
  private final Lobby lobby;
  private final Map<String, Asset> assets;
  private final Optional<EventStreams> page;
  private final Map<String, Supplier<FullHttpResponse>> made;
  private Optional<Future<?>> deadline = Optional.empty();

  /** Whether something is still to be written; always, where it is a stream of events. */
  private boolean isAnswering;

  /**
   * @param assets none where there is no page
   * @param page shared by all connections, as is the rest
   * @param made anew for each request; by path
   */
  WebHandler(
      Door door,
      Sessions sessions,
      Lobby lobby,
      Map<String, Asset> assets,
      Optional<EventStreams> page,
      Map<String, Supplier<FullHttpResponse>> made) {
    this.door = door;
    this.sessions = sessions;
    this.lobby = lobby;
    this.assets = assets;
    this.page = page;
    this.made = made;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    expect(context, FIRST);
    super.channelActive(context);
  }

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
      // Browsers wait for an answer. A client that does not could queue more than fits into memory.
      context.close();
      return;
    }
    isAnswering = true;
    lobby.isBusy(context.channel());
    answer(request, context.channel()).ifPresent(answer -> write(context, request, answer));
  }

  /** The answer; none where a stream of events has begun. */
  private Optional<FullHttpResponse> answer(FullHttpRequest request, Channel connection) {
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
    String path = request.uri().split("\\?", 2)[0];
    Asset asset = assets.get(path);
    if (asset != null) {
      return Optional.of(Answers.of(HttpResponseStatus.OK, asset.type(), asset.content()));
    }
    boolean isOfPage = PAGE.contains(path) && page.isPresent();
    if (!isOfPage && !made.containsKey(path)) {
      return line(HttpResponseStatus.NOT_FOUND, "there is nothing here");
    }
    int port = ((InetSocketAddress) connection.localAddress()).getPort();
    boolean isAllowed =
        path.equals(SESSION)
            ? sessions.showsToken(request.headers())
            : sessions.mayLook(request.headers(), port);
    if (!isAllowed) {
      FullHttpResponse no = Answers.line(HttpResponseStatus.UNAUTHORIZED, "a token is required");
      no.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"cordee\"");
      return Optional.of(no);
    }
    return switch (path) {
      case SESSION -> Optional.of(session(port));
      case STATE -> Optional.of(state(page.get()));
      case EVENTS -> stream(connection, page.get());
      default -> Optional.of(made.get(path).get());
    };
  }

  private static Optional<FullHttpResponse> line(HttpResponseStatus status, String text) {
    return Optional.of(Answers.line(status, text));
  }

  private static FullHttpResponse state(EventStreams streams) {
    byte[] everything = streams.everything().getBytes(StandardCharsets.UTF_8);
    return Answers.of(HttpResponseStatus.OK, "application/json", everything);
  }

  /** A client that shows the token gets a cookie for it. */
  private FullHttpResponse session(int port) {
    FullHttpResponse answer = Answers.nothing();
    answer.headers().set(HttpHeaderNames.SET_COOKIE, sessions.cookie(port));
    return answer;
  }

  private static Optional<FullHttpResponse> stream(Channel connection, EventStreams streams) {
    if (!streams.hasRoom(connection.remoteAddress())) {
      return line(
          HttpResponseStatus.SERVICE_UNAVAILABLE,
          "at most %d pages can be open at a time, and %d from one address"
              .formatted(EventStreams.MOST, EventStreams.MOST_OF_ONE));
    }
    connection.writeAndFlush(Answers.stream());
    streams.add(connection);
    return Optional.empty();
  }

  private void write(
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

  /** Whatever the error, the training continues, and the other viewers are unaffected. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a connection to the page is closed", cause);
    context.close();
  }
}
