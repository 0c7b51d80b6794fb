package io.cordee.proto.security;

/**
 * Credentials that cannot be used or do not match: a file that holds no certificate, a certificate
 * that the other side does not accept, plain text to a server that expects TLS. Retrying does not
 * help. The message is one line for people.
 */
public final class AccessException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public AccessException(String message) {
    super(message);
  }
}
