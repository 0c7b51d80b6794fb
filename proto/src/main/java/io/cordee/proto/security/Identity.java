package io.cordee.proto.security;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * What a side presents: a certificate, followed by those that lead to its authority, and its
 * private key.
 */
public final class Identity {

  private static final byte[] PROBE = {'c', 'o', 'r', 'd', 'e', 'e'};

  private final PrivateKey key;
  private final List<X509Certificate> chain;

  private Identity(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = chain;
  }

  /**
   * @throws AccessException if a file cannot be used, the key is that of another certificate, or a
   *     certificate is out of date
   */
  public static Identity read(NamedFile certificate, NamedFile key) {
    List<X509Certificate> chain = Pem.certificates(certificate);
    PrivateKey secret = Pem.key(key);
    for (X509Certificate one : chain) {
      Certificates.outOfDate(one, Instant.now())
          .ifPresent(
              why -> {
                throw certificate.error(
                    "the certificate %s %s; have a new one issued, or correct the clock",
                    Certificates.describe(one), why);
              });
    }
    if (!belongs(secret, chain.get(0))) {
      throw certificate.error(
          "the certificate %s does not belong to the key in %s; give the two that were made"
              + " together",
          Certificates.describe(chain.get(0)), key);
    }
    return new Identity(secret, chain);
  }

  /** Whether the certificate verifies what the key signs. */
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

  PrivateKey key() {
    return key;
  }

  X509Certificate[] chain() {
    return chain.toArray(X509Certificate[]::new);
  }

  String describe() {
    return Certificates.describe(chain.get(0));
  }
}
