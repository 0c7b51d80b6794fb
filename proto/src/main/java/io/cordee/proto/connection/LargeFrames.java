package io.cordee.proto.connection;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;

/**
 * Announces that this side takes HTTP/2 frames of {@value #BYTES} bytes, so that the other sends a
 * chunk in one or two of them instead of sixteen. gRPC has no option for it: this wraps its
 * negotiator, and sends the setting when the first stream is opened. Where that does not work,
 * frames stay at 16 KiB. At that moment {@link Pacing} starts, too.
 */
final class LargeFrames implements ProtocolNegotiator {

  private static final int BYTES = 256 << 10;

  private final ProtocolNegotiator negotiator;

  LargeFrames(ProtocolNegotiator negotiator) {
    this.negotiator = negotiator;
  }

  @Override
  public AsciiString scheme() {
    return negotiator.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
    // Collects the parts of a frame without copying them together.
    http2.setCumulator(ByteToMessageDecoder.COMPOSITE_CUMULATOR);
    http2
        .connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamAdded(Http2Stream stream) {
                http2.connection().removeListener(this);
                announce(http2);
              }
            });
    return negotiator.newHandler(http2);
  }

  private static void announce(GrpcHttp2ConnectionHandler http2) {
    ChannelHandlerContext context = http2.encoder().flowController().channelHandlerContext();
    if (context != null) {
      Pacing.start(context.channel());
      http2
          .encoder()
          .writeSettings(context, new Http2Settings().maxFrameSize(BYTES), context.newPromise());
      context.flush();
    }
  }

  @Override
  public void close() {
    negotiator.close();
  }
}
