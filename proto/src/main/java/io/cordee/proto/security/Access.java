package io.cordee.proto.security;

import java.util.Optional;

/**
 * How a side connects, and what it presents or requires.
 *
 * @param tls plain text without it
 * @param token none is presented, or required, without it
 */
public record Access(Optional<Tls> tls, Optional<Token> token) {

  /** Plain text, open to everybody. */
  public static final Access OPEN = new Access(Optional.empty(), Optional.empty());
}
