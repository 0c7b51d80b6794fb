package io.cordee.server.web;

import io.cordee.common.file.Descriptors;
import io.cordee.server.connection.Lobby;
import io.cordee.server.observe.Observation;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
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
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a job over HTTP. One thread does it all, beside the training; an error here ends a
 * connection at most.
 *
 * <p>Memory: at most {@value #MOST_CONNECTIONS} connections, each with a request of a few KiB and
 * an answer that waits to be read, for {@value #WRITE_SECONDS} seconds at most.
 */
public final class WebServer implements AutoCloseable {

  private static final int MOST_CONNECTIONS = 256;

  /** Viewers behind the same address share its allowance. */
  private static final Lobby.Room ROOM =
      new Lobby.Room(32, MOST_CONNECTIONS / 2, MOST_CONNECTIONS / 2, MOST_CONNECTIONS);

  private static final int LONGEST_LINE = 2048;
  private static final int LONGEST_HEADERS = 8192;
  private static final int LONGEST_BODY = 1024;
  private static final int WRITE_SECONDS = 10;
  private static final int READ_AHEAD = 8192;
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

  private final EventLoopGroup thread =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("page", true), NioIoHandler.newFactory());
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
        shown,
        Map.of(
            "/metrics", () -> Answers.of(HttpResponseStatus.OK, Metrics.TYPE, metrics.scrape())));
  }

  /** The same for a page that is made anew for each request, and holds all it needs. */
  public WebServer(InetSocketAddress address, Door door, Supplier<String> page) throws IOException {
    this(address, door, Optional.empty(), Map.of("/", () -> Answers.page(page.get())));
  }

  private WebServer(
      InetSocketAddress address,
      Door door,
      Optional<Observation> shown,
      Map<String, Supplier<FullHttpResponse>> made)
      throws IOException {
    connections = new DefaultChannelGroup(thread.next());
    page = shown.map(EventStreams::new);
    Map<String, Asset> assets = page.isPresent() ? Asset.all() : Map.of();
    // The rest is for files and workers.
    Lobby lobby =
        new Lobby(
            ROOM.within(Descriptors.free() / 4),
            (peer, why) -> LOG.debug("a connection to the page from {} is closed: {}", peer, why));
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
                    WebHandler handler = new WebHandler(door, sessions, lobby, assets, page, made);
                    addHttp(connection.pipeline()).addLast(handler);
                  }
                });
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      thread.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException(bound.cause());
    }
    listening = bound.channel();
    if (page.isPresent()) {
      Runnable tick = () -> tick(page.get());
      // The process may be gone before the next time.
      shown.get().whenEnded(() -> submit(tick));
      thread.next().scheduleWithFixedDelay(tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** A peer that does not take what is written to it is cut off. */
  static ChannelPipeline addHttp(ChannelPipeline pipeline) {
    return pipeline
        .addLast(new WriteTimeoutHandler(WRITE_SECONDS))
        .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEADERS, READ_AHEAD))
        .addLast(new HttpObjectAggregator(LONGEST_BODY, true));
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
