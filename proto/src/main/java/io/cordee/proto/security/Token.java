package io.cordee.proto.security;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A secret that all of a team share. It is sent along with every call, and never shown: not in a
 * message, not in a log, not on a command line.
 */
public final class Token {

  private static final int LEAST = 16;
  private static final int MOST = 4096;
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SCHEME = "Bearer ";

  /** What a call has to show for itself. */
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
   * @throws AccessException if there is none, or it is none
   */
  public static Token read(NamedFile file) {
    String text = file.read().strip();
    if (!text.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw file.trouble(
          "expected one line of visible ASCII characters without spaces; make one by: openssl rand"
              + " -hex 32");
    }
    if (text.length() < LEAST || text.length() > MOST) {
      throw file.trouble(
          "expected a token of "
              + LEAST
              + " to "
              + MOST
              + " characters, found "
              + text.length()
              + "; make one by: openssl rand -hex 32");
    }
    return new Token(text);
  }

  /** Shows it with every call. */
  public ClientInterceptor shown() {
    Metadata headers = new Metadata();
    headers.put(HEADER, SCHEME + secret);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  /** In a time that does not depend on how much of it is right. */
  public Shown shownIn(Metadata headers) {
    String shown = headers.get(HEADER);
    if (shown == null) {
      return Shown.NONE;
    }
    boolean isThis = MessageDigest.isEqual(bytes(shown), bytes(SCHEME + secret));
    return isThis ? Shown.THIS_TOKEN : Shown.ANOTHER;
  }

  /** Whether a text is this token: in a time that does not depend on how much of it is right. */
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
