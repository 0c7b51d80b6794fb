package io.cordee.proto.connection;

import io.cordee.proto.security.Refusals;
import io.cordee.proto.security.TlsFailure;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AsciiString;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * Admits or closes new connections before anything is read from them, and reports failed TLS
 * handshakes and clients that speak something else. gRPC limits calls only, does not report
 * handshakes, and gives access to the listening socket only through the first connection that it
 * has accepted.
 */
final class Entrance implements ProtocolNegotiator {

  private final ProtocolNegotiator negotiator;
  private final Predicate<Channel> admits;
  private final Refusals onRefused;
  private final boolean isPlain;
  private final AtomicBoolean isFirst = new AtomicBoolean(true);

  /** {@code isPlain}: without TLS, whose handshake would fail for clients of another kind. */
  Entrance(
      ProtocolNegotiator negotiator,
      boolean isPlain,
      Predicate<Channel> admits,
      Refusals onRefused) {
    this.negotiator = negotiator;
    this.isPlain = isPlain;
    this.admits = admits;
    this.onRefused = onRefused;
  }

  @Override
  public AsciiString scheme() {
    return negotiator.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
    return new Guard(negotiator.newHandler(http2));
  }

  /** Sits behind the negotiating handlers, where their exceptions arrive. */
  private final class Guard extends ChannelInboundHandlerAdapter {

    private final ChannelHandler negotiating;
    private boolean hasReported;

    Guard(ChannelHandler negotiating) {
      this.negotiating = negotiating;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      Channel connection = context.channel();
      if (isFirst.compareAndSet(true, false)) {
        connection.parent().pipeline().addFirst(door(admits));
      }
      if (!admits.test(connection)) {
        connection.eventLoop().execute(connection::close);
      }
      ChannelHandler first = isPlain ? firstByte(onRefused) : probe(() -> hasReported = true);
      context.pipeline().addBefore(context.name(), null, first);
      context.pipeline().addBefore(context.name(), null, negotiating);
    }

    /** Only the first exception says why; others follow from it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!hasReported) {
        hasReported = true;
        TlsFailure.ofClient(cause)
            .ifPresent(why -> onRefused.refused(context.channel().remoteAddress(), why));
      }
      context.fireExceptionCaught(cause);
    }
  }

  /** Asks on the accepting thread, before the connection's own thread sees it. */
  static ChannelHandler door(Predicate<Channel> admits) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel connection = (Channel) accepted;
        if (admits.test(connection)) {
          context.fireChannelRead(connection);
        } else {
          connection.unsafe().closeForcibly();
        }
      }
    };
  }

  /** Reports a client that does not begin as HTTP/2 does; gRPC then closes the connection. */
  static ChannelHandler firstByte(Refusals onRefused) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object received) {
        if (received instanceof ByteBuf bytes && bytes.isReadable()) {
          TlsFailure.ofFirstByte(bytes.getByte(bytes.readerIndex()))
              .ifPresent(why -> onRefused.refused(context.channel().remoteAddress(), why));
          context.pipeline().remove(this);
        }
        context.fireChannelRead(received);
      }
    };
  }

  /** Runs a task if a client only asks whether this server speaks TLS. */
  static ChannelHandler probe(Runnable onProbe) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object received) {
        if (received instanceof ByteBuf bytes && bytes.isReadable()) {
          if (bytes.equals(Unpooled.wrappedBuffer(Dial.TLS_PROBE))) {
            onProbe.run();
          }
          context.pipeline().remove(this);
        }
        context.fireChannelRead(received);
      }
    };
  }

  @Override
  public void close() {
    negotiator.close();
  }
}
