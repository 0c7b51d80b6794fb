package io.cordee.server.web;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpMessage;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;

/** Puts requests together with their bodies, and has long bodies refused as the site does. */
final class Bodies extends HttpObjectAggregator {

  /** The fault of a request whose body is too long. */
  static final class TooLongBodyException extends TooLongFrameException {
    private static final long serialVersionUID = 1;
  }

  private final Site site;

  Bodies(Site site) {
    super(site.longestBody(), true);
    this.site = site;
  }

  /** Leaves a length that the client has not given unsaid. */
  @Override
  protected void finishAggregation(FullHttpMessage aggregated) {}

  /**
   * Passes the request on without its body, to be refused when those before it are answered, and
   * passes over the rest of the body, so that a client that is still sending sees the answer.
   */
  @Override
  protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
    HttpRequest request = (HttpRequest) oversized;
    DefaultFullHttpRequest refused =
        new DefaultFullHttpRequest(request.protocolVersion(), request.method(), request.uri());
    refused.headers().set(request.headers());
    refused.setDecoderResult(DecoderResult.failure(new TooLongBodyException()));
    context.fireChannelRead(refused);
  }

  @Override
  protected Object newContinueResponse(HttpMessage start, int most, ChannelPipeline pipeline) {
    Object usual = super.newContinueResponse(start, most, pipeline);
    if (!(usual instanceof FullHttpResponse no) || no.status().code() < 400) {
      return usual;
    }
    return no.status().equals(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE)
        ? site.tooLarge()
        : site.refuse(no.status(), "expected no Expect header but 100-continue");
  }
}
