package io.cordee.proto.security;

import static java.util.stream.Collectors.joining;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Certificates from PEM files, and as text for people. */
final class Certificates {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);

  private Certificates() {}

  /**
   * Those in a file, in its order; at least one.
   *
   * @throws AccessException if there is none, or one is damaged
   */
  static List<X509Certificate> read(NamedFile file) {
    String blocks =
        BLOCK.matcher(file.read()).results().map(MatchResult::group).collect(joining("\n"));
    byte[] bytes = blocks.getBytes(StandardCharsets.US_ASCII);
    try {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
    } catch (CertificateException e) {
      // Said below.
    }
    throw file.error(
        "expected certificates (-----BEGIN CERTIFICATE-----); found none, or a damaged one");
  }

  static String describe(X509Certificate certificate) {
    return "\""
        + certificate.getSubjectX500Principal().getName()
        + "\", issued by \""
        + certificate.getIssuerX500Principal().getName()
        + "\"";
  }

  /** What is wrong with its dates now, if anything. */
  static Optional<String> outOfDate(X509Certificate certificate) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    return now.isBefore(from) || now.isAfter(until)
        ? Optional.of(
            "the certificate %s is valid from %s to %s, and it is %s; have a new one issued, or correct the clock"
                .formatted(describe(certificate), from, until, now))
        : Optional.empty();
  }
}
