package io.cordee.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** Answers, with headers that keep a browser from doing anything but showing the page. */
public final class Answers {

  private static final String ONLY_FROM_HERE =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private Answers() {}

  public static FullHttpResponse of(HttpResponseStatus status, String type, byte[] content) {
    ByteBuf body = Unpooled.wrappedBuffer(content);
    FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    secure(answer.headers());
    answer.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    HttpUtil.setContentLength(answer, content.length);
    return answer;
  }

  /** A page that holds its script and style itself, and may ask for nothing but itself again. */
  static FullHttpResponse page(String html) {
    FullHttpResponse answer =
        of(HttpResponseStatus.OK, "text/html", html.getBytes(StandardCharsets.UTF_8));
    String policy =
        ONLY_FROM_HERE.replaceAll("(script|style)-src 'self'", "$1-src 'unsafe-inline'");
    answer.headers().set(HttpHeaderNames.CONTENT_SECURITY_POLICY, policy);
    return answer;
  }

  static FullHttpResponse line(HttpResponseStatus status, String text) {
    return of(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static FullHttpResponse nothing() {
    FullHttpResponse answer =
        of(HttpResponseStatus.NO_CONTENT, "text/plain; charset=utf-8", new byte[0]);
    answer.headers().remove(HttpHeaderNames.CONTENT_TYPE);
    return answer;
  }

  /** The beginning of a stream of events. */
  static HttpResponse stream() {
    HttpResponse answer = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    secure(answer.headers());
    answer.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    answer.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    return answer;
  }

  private static void secure(HttpHeaders headers) {
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    headers.set(HttpHeaderNames.CONTENT_SECURITY_POLICY, ONLY_FROM_HERE);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
  }
}
