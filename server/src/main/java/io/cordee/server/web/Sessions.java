package io.cordee.server.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.CookieHeaderNames.SameSite;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.netty.handler.codec.http.cookie.ServerCookieEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Who has shown the token: in this request, or before, and holds a cookie for it. The cookie is a
 * secret of this process, not the token.
 */
final class Sessions {

  private static final String SCHEME = "Bearer ";
  private static final int BYTES = 32;

  private final Optional<Predicate<String>> token;
  private final boolean isSecure;
  private final String secret;

  /**
   * @param isSecure whether TLS is spoken
   */
  Sessions(Optional<Predicate<String>> token, boolean isSecure) {
    this.token = token;
    this.isSecure = isSecure;
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    this.secret = HexFormat.of().formatHex(random);
  }

  boolean mayLook(HttpHeaders headers, int port) {
    return token.isEmpty() || showsToken(headers) || holdsCookie(headers, name(port));
  }

  /** Returns whether the token is shown in this request, or there is none. */
  boolean showsToken(HttpHeaders headers) {
    if (token.isEmpty()) {
      return true;
    }
    String shown = headers.get(HttpHeaderNames.AUTHORIZATION);
    return shown != null
        && shown.startsWith(SCHEME)
        && token.get().test(shown.substring(SCHEME.length()));
  }

  /** Cookies are shared by all servers of a host, so the name tells them apart. */
  private static String name(int port) {
    return "cordee-" + port;
  }

  private boolean holdsCookie(HttpHeaders headers, String name) {
    String cookies = headers.get(HttpHeaderNames.COOKIE);
    return cookies != null
        && ServerCookieDecoder.STRICT.decode(cookies).stream()
            .filter(cookie -> cookie.name().equals(name))
            .map(Cookie::value)
            .anyMatch(value -> MessageDigest.isEqual(bytes(value), bytes(secret)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** For those who have shown the token: scripts cannot read it, other sites cannot use it. */
  String cookie(int port) {
    DefaultCookie cookie = new DefaultCookie(name(port), secret);
    cookie.setHttpOnly(true);
    cookie.setSecure(isSecure);
    cookie.setSameSite(SameSite.Strict);
    cookie.setPath("/");
    return ServerCookieEncoder.STRICT.encode(cookie);
  }
}
