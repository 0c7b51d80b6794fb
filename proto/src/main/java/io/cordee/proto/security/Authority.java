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

/** Those who issue the certificates that the other side may show. */
public final class Authority {

  private final NamedFile file;
  private final List<X509Certificate> certificates;

  private Authority(NamedFile file, List<X509Certificate> certificates) {
    this.file = file;
    this.certificates = certificates;
  }

  /**
   * @throws AccessException if the file cannot be used, or all in it is out of date
   */
  public static Authority read(NamedFile file) {
    List<X509Certificate> certificates = Pem.certificates(file);
    Optional<String> trouble = Optional.empty();
    for (X509Certificate certificate : certificates) {
      trouble = Certificates.outOfDate(certificate, Instant.now());
      if (trouble.isEmpty()) {
        return new Authority(file, certificates);
      }
    }
    throw file.trouble(
        "the authority "
            + Certificates.describe(certificates.get(0))
            + " "
            + trouble.orElseThrow()
            + "; give one that is in force, or set the clock right");
  }

  /** Java's own judgement of chains, with these as the anchors. */
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
      throw file.trouble("cannot be used: " + e.getMessage());
    }
  }

  /** File and subjects. */
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
