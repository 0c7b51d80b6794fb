package io.cordee.server.web;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpMessage;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;

/** Puts requests together with their bodies, and refuses long bodies as the site does. */
final class Bodies extends HttpObjectAggregator {

  private final Site site;

  Bodies(Site site) {
    super(site.longestBody(), true);
    this.site = site;
  }

  /** Leaves a length that the client has not given unsaid. */
  @Override
  protected void finishAggregation(FullHttpMessage aggregated) {}

  /** Passes over the rest of the body, so that a client that is still sending sees the answer. */
  @Override
  protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
    FullHttpResponse answer = site.tooLarge();
    boolean goesOn = HttpUtil.isKeepAlive(oversized);
    HttpUtil.setKeepAlive(answer.headers(), oversized.protocolVersion(), goesOn);
    var written = context.writeAndFlush(answer);
    if (!goesOn) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
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
