package io.cordee.proto.security;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys from PEM files. What is in a key file is never part of a message. */
final class Pem {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private Pem() {}

  /** What cannot be decoded is empty, which is no certificate and no key. */
  private record Block(String type, byte[] bytes) {

    static Block of(String type, String base64) {
      try {
        return new Block(type, Base64.getMimeDecoder().decode(base64));
      } catch (IllegalArgumentException e) {
        return new Block(type, new byte[0]);
      }
    }
  }

  /**
   * The certificates in a file, in its order; at least one.
   *
   * @throws AccessException if there is none, or one is broken
   */
  static List<X509Certificate> certificates(NamedFile file) {
    List<X509Certificate> found = new ArrayList<>();
    List<Block> blocks = blocks(file, "a certificate", "CERTIFICATE");
    for (Block block : blocks) {
      if (block.type().equals("CERTIFICATE")) {
        found.add(certificate(file, block, found.size() + 1));
      }
    }
    if (found.isEmpty()) {
      throw file.error(
          "expected -----BEGIN CERTIFICATE-----, found %s; was the key given in place of the"
              + " certificate?",
          types(blocks));
    }
    return List.copyOf(found);
  }

  private static X509Certificate certificate(NamedFile file, Block block, int number) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.bytes()));
    } catch (GeneralSecurityException e) {
      throw file.error("certificate %d in it is damaged; make the file again", number);
    }
  }

  /**
   * @throws AccessException if there is no usable key
   */
  static PrivateKey key(NamedFile file) {
    List<Block> blocks = blocks(file, "a private key", "PRIVATE KEY");
    for (Block block : blocks) {
      if (block.type().equals("PRIVATE KEY")) {
        return key(file, block);
      }
    }
    boolean isOtherKey = blocks.stream().anyMatch(block -> block.type().endsWith("PRIVATE KEY"));
    throw file.error(
        "expected -----BEGIN PRIVATE KEY----- (PKCS#8, not encrypted), found %s; %s",
        types(blocks),
        isOtherKey
            ? "convert it: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW"
            : "was the certificate given in place of the key?");
  }

  private static PrivateKey key(NamedFile file, Block block) {
    for (String algorithm : List.of("EC", "RSA")) {
      try {
        return KeyFactory.getInstance(algorithm)
            .generatePrivate(new PKCS8EncodedKeySpec(block.bytes()));
      } catch (GeneralSecurityException e) {
        // Of another kind.
      }
    }
    throw file.error("the key in it is damaged, or neither RSA nor EC; make a new one");
  }

  private static List<Block> blocks(NamedFile file, String what, String type) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(file.read());
    while (matcher.find()) {
      blocks.add(Block.of(matcher.group(1), matcher.group(2)));
    }
    if (blocks.isEmpty()) {
      throw file.error("not a PEM file; expected %s as text, -----BEGIN %s-----", what, type);
    }
    return blocks;
  }

  private static String types(List<Block> blocks) {
    return "-----BEGIN " + blocks.get(0).type() + "-----";
  }
}
