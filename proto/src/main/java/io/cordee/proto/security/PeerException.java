package io.cordee.proto.security;

import java.security.cert.CertificateException;

/** The other side's certificate is not taken. The message says what was expected and found. */
final class PeerException extends CertificateException {

  private static final long serialVersionUID = 1;

  PeerException(String message, CertificateException cause) {
    super(message, cause);
  }
}
