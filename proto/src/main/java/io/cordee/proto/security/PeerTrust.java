package io.cordee.proto.security;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Judges the other side's certificate as Java does, and finds words for it when it is not taken:
 * Java's own tell neither what was expected nor what to do.
 */
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

  private void judge(
      X509Certificate[] chain, Judgement whole, Judgement withoutHost, Optional<String> host)
      throws CertificateException {
    try {
      whole.pass();
    } catch (CertificateException e) {
      throw new PeerException(words(chain, withoutHost, host, e), e);
    }
  }

  private String words(
      X509Certificate[] chain,
      Judgement withoutHost,
      Optional<String> host,
      CertificateException why) {
    if (chain == null || chain.length == 0) {
      return "it shows no certificate";
    }
    for (X509Certificate certificate : chain) {
      Optional<String> outOfDate = Certificates.outOfDate(certificate, Instant.now());
      if (outOfDate.isPresent()) {
        return "its certificate "
            + Certificates.describe(certificate)
            + " "
            + outOfDate.get()
            + "; have a new one issued, or set the clocks right";
      }
    }
    X509Certificate own = chain[0];
    try {
      withoutHost.pass();
    } catch (CertificateException e) {
      return "expected a certificate of the authority in "
          + authority.describe()
          + ", found "
          + Certificates.describe(own)
          + "; use certificates of one authority on both sides";
    }
    return host.map(
            name ->
                "expected a certificate for "
                    + name
                    + ", found one for "
                    + Certificates.hosts(own)
                    + "; connect by a name that it is for, or have one issued for this one")
        .orElseGet(() -> "its certificate is not taken: " + why.getMessage());
  }

  private static Optional<String> host(SSLEngine engine) {
    boolean hostMatters = engine.getSSLParameters().getEndpointIdentificationAlgorithm() != null;
    return hostMatters ? Optional.ofNullable(engine.getPeerHost()) : Optional.empty();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    judge(
        chain,
        () -> trust.checkServerTrusted(chain, type, engine),
        () -> trust.checkServerTrusted(chain, type),
        host(engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    judge(
        chain,
        () -> trust.checkClientTrusted(chain, type, engine),
        () -> trust.checkClientTrusted(chain, type),
        Optional.empty());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    Judgement whole = () -> trust.checkServerTrusted(chain, type);
    judge(chain, whole, whole, Optional.empty());
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    Judgement whole = () -> trust.checkClientTrusted(chain, type);
    judge(chain, whole, whole, Optional.empty());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    judge(
        chain,
        () -> trust.checkServerTrusted(chain, type, socket),
        () -> trust.checkServerTrusted(chain, type),
        Optional.empty());
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    judge(
        chain,
        () -> trust.checkClientTrusted(chain, type, socket),
        () -> trust.checkClientTrusted(chain, type),
        Optional.empty());
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }
}
