package io.cordee.proto.security;

/**
 * What one side shows, or is to show, does not do: a file that holds no certificate, a certificate
 * that the other side does not take, plain text where TLS is spoken. Waiting does not help. One
 * line for people.
 */
public final class AccessException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public AccessException(String message) {
    super(message);
  }
}
