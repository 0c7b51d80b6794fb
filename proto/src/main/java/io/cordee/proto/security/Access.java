package io.cordee.proto.security;

import java.util.Optional;

/** TLS, or plain text if empty; the token to present or require, none if empty. */
public record Access(Optional<Tls> tls, Optional<Token> token) {

  /** Plain text, open to everybody. */
  public static final Access OPEN = new Access(Optional.empty(), Optional.empty());
}
