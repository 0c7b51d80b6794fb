package io.cordee.proto.security;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A secret that a team shares. It is sent with every call, and appears in no message, log or
 * command line.
 */
public final class Token {

  private static final Pattern FORM = Pattern.compile("[!-~]{16,4096}");
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SCHEME = "Bearer ";

  private final String secret;

  private Token(String secret) {
    this.secret = secret;
  }

  /**
   * The only line of a file.
   *
   * @throws AccessException if there is none, or it is malformed
   */
  public static Token read(NamedFile file) {
    String text = new String(file.read(), StandardCharsets.ISO_8859_1).strip();
    if (!FORM.matcher(text).matches()) {
      throw file.error(
          "expected one line of 16 to 4096 visible ASCII characters without spaces, found %d"
              + " characters; make one with: openssl rand -hex 32",
          text.length());
    }
    return new Token(text);
  }

  /** A token that the program has generated itself. */
  public static Token of(String secret) {
    if (!FORM.matcher(secret).matches()) {
      throw new IllegalArgumentException("expected a token of visible ASCII characters");
    }
    return new Token(secret);
  }

  /** Sends it with every call. */
  public ClientInterceptor shown() {
    Metadata headers = new Metadata();
    headers.put(HEADER, SCHEME + secret);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  /** Why a call with these headers is refused, if it is; compares in constant time. */
  public Optional<String> refusal(Metadata headers) {
    String shown = headers.get(HEADER);
    if (shown == null) {
      return Optional.of(
          "this server requires a token; give the token file that the server was started with");
    }
    return MessageDigest.isEqual(bytes(shown), bytes(SCHEME + secret))
        ? Optional.empty()
        : Optional.of(
            "the token is not this server's; give the token file that the server was started"
                + " with");
  }

  /** Compares in constant time. */
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
