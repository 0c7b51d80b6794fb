package io.cordee.server.web;

import io.cordee.common.file.Descriptors;
import io.cordee.server.connection.Lobby;
import io.cordee.server.observe.Observation;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves pages or answers over HTTP. One thread moves all bytes; an error here ends a connection at
 * most.
 *
 * <p>Memory: each connection that the site has room for has at most a request of the site's longest
 * body, and an answer that waits to be read, for {@value #WRITE_SECONDS} seconds at most.
 */
public final class WebServer implements AutoCloseable {

  private static final int LONGEST_LINE = 2048;
  private static final int LONGEST_HEADERS = 8192;
  private static final int WRITE_SECONDS = 10;
  private static final int READ_AHEAD = 8192;
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

  private final EventLoopGroup thread;
  private final ChannelGroup connections;
  private final Optional<EventStreams> page;
  private final Channel listening;

  /**
   * Starts to listen.
   *
   * @param address port 0 lets the system pick
   * @param shown on the page, where there is one
   * @throws IOException if the address cannot be bound
   */
  public WebServer(
      InetSocketAddress address, Door door, Optional<Observation> shown, Metrics metrics)
      throws IOException {
    this(
        address,
        door,
        shown.map(EventStreams::new),
        page ->
            ofJob(
                page,
                Route.get(
                    Route.Guard.SESSION,
                    () -> Answers.of(HttpResponseStatus.OK, Metrics.TYPE, metrics.scrape()))));
    page.ifPresent(streams -> follow(streams, shown.orElseThrow()));
  }

  /** The same for a page that is made anew for each request, and holds all it needs. */
  public WebServer(InetSocketAddress address, Door door, Supplier<String> page) throws IOException {
    this(
        address,
        door,
        Site.ofPages(Map.of("/", Route.get(Route.Guard.SESSION, () -> Answers.page(page.get())))));
  }

  /** The same for a site. */
  public WebServer(InetSocketAddress address, Door door, Site site) throws IOException {
    this(address, door, Optional.empty(), none -> site);
  }

  static Site ofJob(Optional<EventStreams> page, Route metrics) {
    Map<String, Route> routes = new HashMap<>(Map.of("/metrics", metrics));
    page.ifPresent(
        streams -> {
          routes.putAll(Asset.ofLivePage());
          routes.put("/api/session", Route.BEGIN_SESSION);
          routes.put("/api/state", Route.get(Route.Guard.SESSION, () -> state(streams)));
          routes.put(
              "/events",
              new Route(
                  HttpMethod.GET, Route.Guard.SESSION, exchange -> stream(exchange, streams)));
        });
    return Site.ofPages(routes);
  }

  private static FullHttpResponse state(EventStreams streams) {
    byte[] everything = streams.everything().getBytes(StandardCharsets.UTF_8);
    return Answers.of(HttpResponseStatus.OK, "application/json", everything);
  }

  private static void stream(Exchange exchange, EventStreams streams) {
    Channel connection = exchange.connection();
    if (!streams.hasRoom(connection.remoteAddress())) {
      exchange.answer(
          Answers.line(
              HttpResponseStatus.SERVICE_UNAVAILABLE,
              "at most %d pages can be open at a time, and %d from one address"
                  .formatted(EventStreams.MOST, EventStreams.MOST_OF_ONE)));
      return;
    }
    connection.writeAndFlush(Answers.stream());
    streams.add(connection);
    connection.config().setAutoRead(true); // which tells that the client is gone
  }

  private WebServer(
      InetSocketAddress address,
      Door door,
      Optional<EventStreams> page,
      Function<Optional<EventStreams>, Site> content)
      throws IOException {
    this.page = page;
    Site site = content.apply(page);
    thread =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory(site.name(), true), NioIoHandler.newFactory());
    connections = new DefaultChannelGroup(thread.next());
    // The rest is for files and workers.
    Lobby lobby =
        new Lobby(
            site.room().within(Descriptors.free() / 4),
            (peer, why) ->
                LOG.debug("a connection to the {} from {} is closed: {}", site.name(), peer, why));
    Sessions sessions = new Sessions(door.token(), door.tls().isPresent());
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(thread)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(32 << 10, 128 << 10))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    if (!lobby.enter(connection)) {
                      connection.close();
                      return;
                    }
                    connections.add(connection);
                    door.tls()
                        .ifPresent(
                            tls ->
                                connection.pipeline().addLast(tls.newHandler(connection.alloc())));
                    addHttp(connection.pipeline(), site)
                        .addLast(new WebHandler(door, sessions, lobby, site));
                  }
                });
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      thread.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException(bound.cause());
    }
    listening = bound.channel();
  }

  private void follow(EventStreams streams, Observation shown) {
    Runnable tick = () -> tick(streams);
    // The process may be gone before the next time.
    shown.whenEnded(() -> submit(tick));
    thread.next().scheduleWithFixedDelay(tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A peer that does not take what is written to it is cut off. */
  static ChannelPipeline addHttp(ChannelPipeline pipeline, Site site) {
    return pipeline
        .addLast(new WriteTimeoutHandler(WRITE_SECONDS))
        .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEADERS, READ_AHEAD))
        .addLast(new Patience(site))
        .addLast(new Bodies(site))
        .addLast(new FlowControlHandler());
  }

  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** Nothing comes of it once the server is closed. */
  private void submit(Runnable action) {
    try {
      thread.execute(action);
    } catch (RejectedExecutionException e) {
      LOG.debug("the page is closed already", e);
    }
  }

  private static void tick(EventStreams streams) {
    try {
      streams.tick();
    } catch (RuntimeException e) {
      LOG.warn("could not push an update to the live page", e);
    }
  }

  /** Stops listening, and waits for the answers that are under way. */
  public void finish(Duration within) {
    listening.close().awaitUninterruptibly(within.toMillis());
    for (Channel connection : connections) {
      ChannelHandlerContext context = connection.pipeline().context(WebHandler.class);
      if (context != null) {
        connection.eventLoop().execute(() -> ((WebHandler) context.handler()).end(context));
      }
    }
    connections.newCloseFuture().awaitUninterruptibly(within.toMillis());
  }

  /** Shows viewers how it ended, and stops listening. */
  @Override
  public void close() {
    page.ifPresent(
        streams ->
            thread
                .submit(
                    () -> {
                      tick(streams);
                      streams.end();
                    })
                .awaitUninterruptibly(FAREWELL.toMillis()));
    listening.close().awaitUninterruptibly(FAREWELL.toMillis());
    connections.close().awaitUninterruptibly(FAREWELL.toMillis());
    thread.shutdownGracefully(0, FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
  }
}
