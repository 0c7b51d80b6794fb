package io.cordee.server.web;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose client takes too long to send a request. While a request is answered, no
 * time runs.
 */
final class Patience extends ChannelDuplexHandler {

  /** A limit for the first request: a client that connects has something to ask. */
  private static final Duration FIRST = Duration.ofSeconds(5);

  /** A limit for the silence before another request. */
  private static final Duration SILENCE = Duration.ofSeconds(20);

  /** A limit for the time from a request's head to the end of its body. */
  private static final Duration BODY = Duration.ofSeconds(20);

  private final Site site;
  private Optional<Future<?>> deadline = Optional.empty();

  /** True from a request's head to the end of its body. */
  private boolean isReceiving;

  /** True if the request that is being received has its answer already. */
  private boolean isRefused;

  /** Whole requests without an answer. */
  private int unanswered;

  Patience(Site site) {
    this.site = site;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    expect(context, FIRST);
    super.channelActive(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    cancel();
    super.channelInactive(context);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof HttpRequest) {
      isReceiving = true;
      isRefused = false;
      expectMore(context);
    }
    if (message instanceof LastHttpContent) {
      isReceiving = false;
      unanswered += isRefused ? 0 : 1;
      expectMore(context);
    }
    super.channelRead(context, message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    boolean isInterim =
        message instanceof HttpResponse response
            && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    if (message instanceof LastHttpContent && !isInterim) {
      promise
          .unvoid()
          .addListener(
              written -> {
                isRefused = unanswered == 0;
                unanswered = Math.max(0, unanswered - 1);
                expectMore(context);
              });
    }
    super.write(context, message, promise);
  }

  private void expectMore(ChannelHandlerContext context) {
    cancel();
    if (unanswered == 0 && context.channel().isActive()) {
      expect(context, isReceiving ? BODY : SILENCE);
    }
  }

  private void expect(ChannelHandlerContext context, Duration within) {
    deadline =
        Optional.of(
            context
                .executor()
                .schedule(() -> giveUp(context), within.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void cancel() {
    deadline.ifPresent(waiting -> waiting.cancel(false));
  }

  private void giveUp(ChannelHandlerContext context) {
    if (!isReceiving || isRefused) {
      context.close();
      return;
    }
    String why = "expected the whole body within %d s".formatted(BODY.toSeconds());
    context
        .writeAndFlush(site.refuse(HttpResponseStatus.REQUEST_TIMEOUT, why))
        .addListener(ChannelFutureListener.CLOSE);
  }
}
