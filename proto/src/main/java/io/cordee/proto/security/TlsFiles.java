package io.cordee.proto.security;

import io.cordee.common.text.Advice;
import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * The PEM files that a process is started with. Each is read once; gRPC takes them apart.
 *
 * @param certificate that this side presents, followed by those that lead to its authority
 * @param key of the certificate; appears in no message
 * @param authority that the other side's certificate must be from. A server that has it requires
 *     certificates of its clients
 */
public record TlsFiles(
    Optional<NamedFile> certificate, Optional<NamedFile> key, Optional<NamedFile> authority) {

  public static final TlsFiles NONE =
      new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty());

  private static final byte[] PROBE = {'c', 'o', 'r', 'd', 'e', 'e'};

  public TlsFiles withIdentity(NamedFile own, NamedFile secret) {
    return new TlsFiles(Optional.of(own), Optional.of(secret), authority);
  }

  public TlsFiles withAuthority(Optional<NamedFile> theirs) {
    return new TlsFiles(certificate, key, theirs);
  }

  /**
   * For a server: TLS if it has a certificate.
   *
   * @throws AccessException if a file is missing, cannot be used or is out of date, or the key is
   *     that of another certificate
   */
  public Optional<Tls> server() {
    if (certificate.isEmpty() && key.isEmpty() && authority.isPresent()) {
      throw new AccessException(
          authority.get().option() + " needs " + Advice.TLS_IDENTITY + " on a server");
    }
    return read();
  }

  /**
   * For a client: TLS if it has an authority to know the server by.
   *
   * @throws AccessException as for a server
   */
  public Optional<Tls> client() {
    if (certificate.isPresent() && key.isPresent() && authority.isEmpty()) {
      throw new AccessException(
          "%s needs %s: the CA certificate to verify the server with"
              .formatted(certificate.get().option(), Advice.TLS_CA));
    }
    return read();
  }

  private Optional<Tls> read() {
    if (certificate.isPresent() != key.isPresent()) {
      throw certificate
          .or(() -> key)
          .get()
          .error("expected %s, found this one alone; give both", Advice.TLS_IDENTITY);
    }
    if (certificate.isEmpty() && authority.isEmpty()) {
      return Optional.empty();
    }
    List<X509Certificate> chain = certificate.map(TlsFiles::certificates).orElse(List.of());
    Optional<PrivateKey> secret = key.map(TlsFiles::key);
    List<String> outOfDate = outOfDate(chain);
    if (!outOfDate.isEmpty()) {
      throw certificate.orElseThrow().error("%s", outOfDate.get(0));
    }
    if (secret.isPresent() && !belongs(secret.get(), chain.get(0))) {
      throw certificate
          .orElseThrow()
          .error(
              "the certificate %s does not belong to the key in %s; give the two that were made"
                  + " together",
              Tls.describe(chain.get(0)), key.orElseThrow());
    }
    return Optional.of(
        new Tls(secret, chain, authority, authority.map(TlsFiles::authorities).orElse(List.of())));
  }

  private static List<X509Certificate> authorities(NamedFile file) {
    List<X509Certificate> found = certificates(file);
    List<String> outOfDate = outOfDate(found);
    if (outOfDate.size() == found.size()) {
      throw file.error("%s", outOfDate.get(0));
    }
    return found;
  }

  private static List<X509Certificate> certificates(NamedFile file) {
    try {
      List<X509Certificate> found =
          List.of(CertificateUtils.getX509Certificates(new ByteArrayInputStream(file.read())));
      if (found.isEmpty()) {
        throw new CertificateException("none");
      }
      return found;
    } catch (CertificateException e) {
      throw file.error(
          "expected certificates (-----BEGIN CERTIFICATE-----) and nothing else; found none, a"
              + " damaged one, or something else; give a PEM file of certificates alone");
    }
  }

  private static PrivateKey key(NamedFile file) {
    try {
      return CertificateUtils.getPrivateKey(new ByteArrayInputStream(file.read()));
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      // The cause may quote the key.
      throw file.error(
          "expected a key (-----BEGIN PRIVATE KEY-----) of RSA or EC, not encrypted; found none, or a"
              + " damaged one. To convert a key: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
    }
  }

  /** Tells if the certificate verifies what the key signs, which Java's own TLS does not check. */
  private static boolean belongs(PrivateKey key, X509Certificate certificate) {
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static List<String> outOfDate(List<X509Certificate> certificates) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return certificates.stream()
        .filter(
            one ->
                now.isBefore(one.getNotBefore().toInstant())
                    || now.isAfter(one.getNotAfter().toInstant()))
        .map(
            one ->
                "the certificate %s is valid from %s to %s, and it is %s; have a new one issued, or correct the clock"
                    .formatted(
                        Tls.describe(one),
                        one.getNotBefore().toInstant(),
                        one.getNotAfter().toInstant(),
                        now))
        .toList();
  }
}
