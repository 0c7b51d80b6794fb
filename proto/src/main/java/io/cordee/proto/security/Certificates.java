package io.cordee.proto.security;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Certificates as text for people. */
final class Certificates {

  private static final int DNS_NAME = 2;
  private static final int ADDRESS = 7;
  private static final int MOST_HOSTS = 8;

  private Certificates() {}

  static String describe(X509Certificate certificate) {
    return "\""
        + printable(certificate.getSubjectX500Principal().getName())
        + "\", issued by \""
        + printable(certificate.getIssuerX500Principal().getName())
        + "\"";
  }

  /** What is wrong with its dates now, if anything. */
  static Optional<String> outOfDate(X509Certificate certificate, Instant now) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isAfter(until)) {
      return Optional.of(
          "has expired on " + until + " (it is " + now.truncatedTo(ChronoUnit.SECONDS) + ")");
    }
    if (now.isBefore(from)) {
      return Optional.of(
          "is not valid before " + from + " (it is " + now.truncatedTo(ChronoUnit.SECONDS) + ")");
    }
    return Optional.empty();
  }

  static String hosts(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      List<String> hosts =
          names == null
              ? List.of()
              : names.stream()
                  .filter(name -> name.get(0).equals(DNS_NAME) || name.get(0).equals(ADDRESS))
                  .map(name -> printable(String.valueOf(name.get(1))))
                  .toList();
      return hosts.isEmpty() ? "no host (it has no subject alternative name)" : join(hosts);
    } catch (CertificateParsingException e) {
      return "hosts that cannot be parsed";
    }
  }

  private static String join(List<String> hosts) {
    int more = Math.max(0, hosts.size() - MOST_HOSTS);
    String first = String.join(", ", hosts.subList(0, hosts.size() - more));
    return more == 0 ? first : first + " and " + more + " more";
  }

  /** Text from outside, made safe for a log line. */
  private static String printable(String text) {
    return text.substring(0, Math.min(200, text.length())).replaceAll("\\p{Cntrl}", "_");
  }
}
