package io.cordee.proto.security;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A secret that a team shares. It is sent with every call, and appears in no message, log or
 * command line.
 */
public final class Token {

  private static final int LEAST = 16;
  private static final int MOST = 4096;
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SCHEME = "Bearer ";

  /** Which token a call has presented. */
  public enum Shown {
    THIS_TOKEN,
    ANOTHER,
    NONE
  }

  private final String secret;

  private Token(String secret) {
    this.secret = secret;
  }

  /**
   * The token in a file: its only line.
   *
   * @throws AccessException if there is none, or it is malformed
   */
  public static Token read(NamedFile file) {
    String text = file.read().strip();
    if (!text.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw file.error(
          "expected one line of visible ASCII characters without spaces; make one with: openssl"
              + " rand -hex 32");
    }
    if (text.length() < LEAST || text.length() > MOST) {
      throw file.error(
          "expected a token of %d to %d characters, found %d; make one with: openssl rand -hex 32",
          LEAST, MOST, text.length());
    }
    return new Token(text);
  }

  /** Sends it with every call. */
  public ClientInterceptor shown() {
    Metadata headers = new Metadata();
    headers.put(HEADER, SCHEME + secret);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  /** Compares in constant time. */
  public Shown shownIn(Metadata headers) {
    String shown = headers.get(HEADER);
    if (shown == null) {
      return Shown.NONE;
    }
    boolean isThis = MessageDigest.isEqual(bytes(shown), bytes(SCHEME + secret));
    return isThis ? Shown.THIS_TOKEN : Shown.ANOTHER;
  }

  /** Whether a text is this token, compared in constant time. */
  public boolean is(String shown) {
    return MessageDigest.isEqual(bytes(shown), bytes(secret));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return "a token";
  }
}
