package io.cordee.proto.security;

import java.util.Optional;

/**
 * How a side speaks and what it shows for itself, or wants to be shown.
 *
 * @param tls plain text without it
 * @param token none is shown, or wanted, without it
 */
public record Access(Optional<Tls> tls, Optional<Token> token) {

  /** Plain text, and everybody may speak. */
  public static final Access OPEN = new Access(Optional.empty(), Optional.empty());
}
