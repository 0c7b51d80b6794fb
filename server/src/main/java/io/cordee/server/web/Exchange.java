package io.cordee.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** A request, to be answered once, by any thread. */
public final class Exchange {

  private final HttpHeaders headers;
  private byte[] body = new byte[0];
  private final Channel connection;
  private final Sessions sessions;
  private final Consumer<FullHttpResponse> writer;

  /**
   * @param writer called on the connection's thread
   */
  Exchange(
      FullHttpRequest request,
      Channel connection,
      Sessions sessions,
      Consumer<FullHttpResponse> writer) {
    this.headers = request.headers();
    this.connection = connection;
    this.sessions = sessions;
    this.writer = writer;
  }

  public HttpHeaders headers() {
    return headers;
  }

  /** Copies the body, once it is known that the request has a route. */
  void take(ByteBuf content) {
    body = ByteBufUtil.getBytes(content);
  }

  /** The body itself, no copy. */
  public byte[] body() {
    return body;
  }

  public void answer(FullHttpResponse answer) {
    if (connection.eventLoop().inEventLoop()) {
      writer.accept(answer);
    } else {
      connection.eventLoop().execute(() -> writer.accept(answer));
    }
  }

  void beginSession() {
    FullHttpResponse answer = Answers.nothing();
    answer.headers().set(HttpHeaderNames.SET_COOKIE, sessions.cookie(port()));
    answer(answer);
  }

  private int port() {
    return ((InetSocketAddress) connection.localAddress()).getPort();
  }

  /** For a stream of events in place of an answer. */
  Channel connection() {
    return connection;
  }
}
