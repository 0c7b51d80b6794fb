package io.cordee.proto.security;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a side presents: a certificate, followed by those that lead to its authority, and its
 * private key, which appears in no message.
 */
public final class Identity {

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

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
    List<X509Certificate> chain = Certificates.read(certificate);
    PrivateKey secret = key(key);
    for (X509Certificate one : chain) {
      Certificates.outOfDate(one)
          .ifPresent(
              why -> {
                throw certificate.error("%s", why);
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

  private static PrivateKey key(NamedFile file) {
    Matcher block = KEY.matcher(file.read());
    if (block.find()) {
      for (String algorithm : List.of("EC", "RSA")) {
        try {
          byte[] bytes = Base64.getMimeDecoder().decode(block.group(1));
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          // Of another kind, or damaged.
        }
      }
    }
    throw file.error(
        "expected a key (-----BEGIN PRIVATE KEY-----) of RSA or EC, not encrypted; found none, or a"
            + " damaged one. To convert a key: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
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

  List<X509Certificate> chain() {
    return chain;
  }

  String describe() {
    return Certificates.describe(chain.get(0));
  }
}
