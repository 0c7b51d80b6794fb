package io.cordee.proto.security;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Judges the other side's certificate as Java does, and adds what was expected and found. */
final class PeerTrust extends X509ExtendedTrustManager {

  private final Authority authority;
  private final X509ExtendedTrustManager trust;

  PeerTrust(Authority authority) {
    this.authority = authority;
    this.trust = authority.trust();
  }

  @FunctionalInterface
  private interface Judgement {
    void pass() throws CertificateException;
  }

  /**
   * @param host that it has to be for, as text; empty if that does not matter
   */
  private void judge(X509Certificate[] chain, String host, Judgement judgement)
      throws CertificateException {
    try {
      judgement.pass();
    } catch (CertificateException e) {
      // Netty adds its own findings to a message that begins as Java's for a wrong name does.
      throw new CertificateException(
          String.format(
              "certificate refused: %s; expected a certificate %sof the authority in %s, found %s,"
                  + " for %s, valid from %s to %s; have a fitting one issued, or give the authority"
                  + " of this one",
              TlsFailure.rootMessage(e),
              host,
              authority.describe(),
              Certificates.describe(chain[0]),
              Certificates.hosts(chain[0]),
              chain[0].getNotBefore().toInstant(),
              chain[0].getNotAfter().toInstant()),
          e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    judge(
        chain,
        "for " + engine.getPeerHost() + " ",
        () -> trust.checkServerTrusted(chain, type, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    judge(chain, "", () -> trust.checkClientTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    judge(chain, "", () -> trust.checkServerTrusted(chain, type));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    judge(chain, "", () -> trust.checkClientTrusted(chain, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    judge(chain, "", () -> trust.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    judge(chain, "", () -> trust.checkClientTrusted(chain, type, socket));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }
}
