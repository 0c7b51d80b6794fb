package io.cordee.proto.connection;

import io.cordee.proto.security.Access;
import io.cordee.proto.security.Refusals;
import io.cordee.proto.security.Tls;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.inprocess.AnonymousInProcessSocketAddress;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Connections between servers, and between servers and workers. Messages are handled on the
 * connection's own thread.
 *
 * <p>Memory per connection: each side holds at most a window of {@value #WINDOW} bytes received,
 * {@value #READY_BYTES} bytes and one message to send, and the message at hand.
 */
public final class Connections {

  /** The version of the wire contract. */
  public static final int PROTOCOL = 2;

  /** The version of Cordee, which workers and shards have to share; empty if it is not known. */
  public static final String VERSION = version();

  /** The end of a message on a peer that does not keep the wire contract: what to do. */
  public static final String SAME_VERSION = "; run the same version of Cordee on both sides";

  /** Bytes of the largest message: a chunk of 1 MiB and its header. */
  public static final int MAX_MESSAGE = (1 << 20) + (64 << 10);

  /** A stream is ready while fewer bytes than these wait to be sent. */
  public static final int READY_BYTES = 1 << 20;

  /** Concurrent calls on one connection: a worker needs one, and one for health checks. */
  private static final int MAX_CALLS = 16;

  /** Why shard 0 has a worker retry later. */
  public static final String SHARDS_MISSING = "not all of its shards are there yet";

  /** Checks the server's certificate against the host of the channel. */
  private static final String BY_HOST = null;

  private static final int READ = 512 << 10;

  /**
   * Large enough for 1 Gbit/s and several milliseconds, and small enough that workers that push at
   * the same time progress evenly: a chunk is complete when the last of them has sent it.
   */
  private static final int WINDOW = 1 << 20;

  private static final Duration KEEPALIVE = Duration.ofSeconds(30);

  /**
   * gRPC ends a stream with a larger message without giving a reason. So this is above what a
   * server refuses with one, and above the largest lease, 3 MiB.
   */
  public static final int MAX_INBOUND = 4 * MAX_MESSAGE;

  private Connections() {}

  /** Written by the build. */
  private static String version() {
    try (InputStream in = Connections.class.getResourceAsStream("/io/cordee/proto/version.txt")) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new address that is valid within this process only. */
  public static SocketAddress inProcess() {
    return new AnonymousInProcessSocketAddress();
  }

  /** As below, in plain text, with any number of connections. */
  public static NettyServerBuilder server(InetSocketAddress address) {
    return server(address, Optional.empty(), connection -> true, (peer, why) -> {});
  }

  /**
   * A server on this address, without services yet.
   *
   * @param tls empty for plain text
   * @param admits whether a connection that has just been accepted may stay; asked on the accepting
   *     thread, and for the first connections a second time
   * @param onRefused called with clients that failed the TLS handshake or do not speak HTTP/2, and
   *     why
   * @throws io.cordee.proto.security.AccessException if TLS cannot be set up with these
   */
  public static NettyServerBuilder server(
      InetSocketAddress address, Optional<Tls> tls, Predicate<Channel> admits, Refusals onRefused) {
    ProtocolNegotiator negotiator =
        tls.map(secured -> InternalProtocolNegotiators.serverTls(secured.server()))
            .orElseGet(InternalProtocolNegotiators::serverPlaintext);
    return NettyServerBuilder.forAddress(address)
        .protocolNegotiator(
            new Entrance(new LargeFrames(negotiator), tls.isEmpty(), admits, onRefused))
        .withChildOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
        .directExecutor()
        .maxInboundMessageSize(MAX_INBOUND)
        // Messages are never compressed; one that is, is refused before it is read.
        .decompressorRegistry(DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false))
        .flowControlWindow(WINDOW)
        .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
        .permitKeepAliveTime(KEEPALIVE.toSeconds() / 2, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .maxConcurrentCallsPerConnection(MAX_CALLS);
  }

  private static RecvByteBufAllocator reads() {
    return new AdaptiveRecvByteBufAllocator(1024, 64 << 10, READ);
  }

  /** A single thread. After a shutdown it finishes its queue and discards later tasks. */
  public static ScheduledExecutorService thread(String name) {
    ScheduledThreadPoolExecutor thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread created = new Thread(task, name);
              created.setDaemon(true);
              return created;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    // A cancelled deadline would otherwise hold its stream and connection until it expires.
    thread.setRemoveOnCancelPolicy(true);
    return thread;
  }

  /**
   * @throws io.cordee.proto.security.AccessException if TLS cannot be set up with {@code access}
   */
  public static NettyChannelBuilder client(String host, int port, Access access) {
    Optional<SslContext> tls = access.tls().map(Tls::client);
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(host, port)
            .withOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
            .usePlaintext()
            .directExecutor()
            .disableRetry()
            .maxInboundMessageSize(MAX_INBOUND)
            .flowControlWindow(WINDOW)
            .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true);
    InternalNettyChannelBuilder.setProtocolNegotiatorFactory(
        builder,
        new InternalProtocolNegotiator.ClientFactory() {
          @Override
          public ProtocolNegotiator newNegotiator() {
            return new LargeFrames(
                tls.map(secured -> InternalProtocolNegotiators.tls(secured, BY_HOST, null))
                    .orElseGet(InternalProtocolNegotiators::plaintext));
          }

          @Override
          public int getDefaultPort() {
            return port;
          }
        });
    access.token().ifPresent(token -> builder.intercept(token.shown()));
    return builder;
  }
}
