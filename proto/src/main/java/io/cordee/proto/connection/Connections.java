package io.cordee.proto.connection;

import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How servers and workers are connected. What comes in is dealt with on the connection's own
 * thread, without a change of threads.
 *
 * <p>Memory per connection: a side holds at most a window of {@value #WINDOW} bytes that have come
 * in, {@value #READY_BYTES} bytes and one message that are to go out, and the message at hand.
 */
public final class Connections {

  /** The version of the wire contract that is spoken. */
  public static final int PROTOCOL = 1;

  /** Bytes of the largest message: a chunk of 1 MiB and what goes with it. */
  public static final int MAX_MESSAGE = (1 << 20) + (64 << 10);

  /** A stream takes more while fewer bytes than these wait to go out. */
  public static final int READY_BYTES = 1 << 20;

  private static final int READ = 512 << 10;
  private static final int WINDOW = 4 << 20;
  private static final Duration KEEPALIVE = Duration.ofSeconds(30);

  /** Above what is refused with a reason, as gRPC cuts the stream off without one. */
  private static final int MAX_INBOUND_AT_SERVER = 4 * MAX_MESSAGE;

  private Connections() {}

  /** A server that listens there, without services yet. */
  public static NettyServerBuilder server(InetSocketAddress address) {
    return NettyServerBuilder.forAddress(address)
        .protocolNegotiator(new LargeFrames(InternalProtocolNegotiators.serverPlaintext()))
        .withChildOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
        .directExecutor()
        .maxInboundMessageSize(MAX_INBOUND_AT_SERVER)
        .flowControlWindow(WINDOW)
        .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
        .permitKeepAliveTime(KEEPALIVE.toSeconds() / 2, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true);
  }

  /** Reads from the socket go up to {@value #READ} bytes, as long as there is as much. */
  private static RecvByteBufAllocator reads() {
    return new AdaptiveRecvByteBufAllocator(1024, 64 << 10, READ);
  }

  /** A connection to a server. */
  public static NettyChannelBuilder client(String host, int port) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(host, port)
            .withOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
            .usePlaintext()
            .directExecutor()
            .disableRetry()
            .maxInboundMessageSize(MAX_MESSAGE)
            .flowControlWindow(WINDOW)
            .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true);
    InternalNettyChannelBuilder.setProtocolNegotiatorFactory(
        builder,
        new InternalProtocolNegotiator.ClientFactory() {
          @Override
          public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator() {
            return new LargeFrames(InternalProtocolNegotiators.plaintext());
          }

          @Override
          public int getDefaultPort() {
            return port;
          }
        });
    return builder;
  }
}
