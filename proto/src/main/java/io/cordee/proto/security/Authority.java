package io.cordee.proto.security;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** The certificate authorities that the other side's certificate may be from. */
public final class Authority {

  private final NamedFile file;
  private final List<X509Certificate> certificates;

  private Authority(NamedFile file, List<X509Certificate> certificates) {
    this.file = file;
    this.certificates = certificates;
  }

  /**
   * @throws AccessException if the file cannot be used, or all certificates in it are out of date
   */
  public static Authority read(NamedFile file) {
    List<X509Certificate> certificates = Pem.certificates(file);
    Optional<String> why = Optional.empty();
    for (X509Certificate certificate : certificates) {
      why = Certificates.outOfDate(certificate, Instant.now());
      if (why.isEmpty()) {
        return new Authority(file, certificates);
      }
    }
    throw file.error(
        "the authority %s %s; give one that is valid now, or correct the clock",
        Certificates.describe(certificates.get(0)), why.orElseThrow());
  }

  /** Java's own check of certificate chains, with these as trust anchors. */
  X509ExtendedTrustManager trust() {
    try {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        anchors.setCertificateEntry("authority-" + i, certificates.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(anchors);
      return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw file.error("cannot be used: %s", e.getMessage());
    }
  }

  String describe() {
    return file
        + " ("
        + certificates.stream()
            .limit(3)
            .map(c -> "\"" + c.getSubjectX500Principal().getName() + "\"")
            .collect(Collectors.joining(", "))
        + (certificates.size() > 3 ? ", ..." : "")
        + ")";
  }
}
