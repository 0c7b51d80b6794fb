package io.cordee.cli.security;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Issues certificates for tests as PEM files, anew for every test run. */
public final class TestAuthority {

  private static final byte[] ECDSA_WITH_SHA256 =
      Der.sequence(Der.identifier("1.2.840.10045.4.3.2"));
  private static final AtomicInteger SERIALS = new AtomicInteger();
  private static final Duration DAY = Duration.ofDays(1);

  private final Path folder;
  private final String name;
  private final KeyPair keys;
  private final Path file;

  /** PEM files of a certificate and its key. */
  public record Issued(Path certificate, Path key) {}

  private TestAuthority(Path folder, String name, KeyPair keys, Path file) {
    this.folder = folder;
    this.name = name;
    this.keys = keys;
    this.file = file;
  }

  public static TestAuthority in(Path folder, String name) {
    KeyPair keys = keyPair();
    Instant now = Instant.now();
    byte[] certificate =
        certificate(
            keys.getPrivate(),
            name,
            name,
            keys,
            List.of(authority()),
            now.minus(DAY),
            now.plus(DAY));
    return new TestAuthority(
        folder, name, keys, write(folder.resolve(name + "-ca.pem"), "CERTIFICATE", certificate));
  }

  /** Its own certificate. */
  public Path file() {
    return file;
  }

  /** A certificate valid now, for these names and addresses. */
  public Issued issue(String subject, String... hosts) {
    return issue(subject, Instant.now().minus(DAY), Instant.now().plus(DAY), hosts);
  }

  public Issued issue(String subject, Instant from, Instant until, String... hosts) {
    KeyPair own = keyPair();
    List<byte[]> extensions = hosts.length == 0 ? List.of() : List.of(hosts(hosts));
    byte[] certificate =
        certificate(keys.getPrivate(), name, subject, own, extensions, from, until);
    Path key =
        write(folder.resolve(subject + "-key.pem"), "PRIVATE KEY", own.getPrivate().getEncoded());
    return new Issued(write(folder.resolve(subject + ".pem"), "CERTIFICATE", certificate), key);
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] certificate(
      PrivateKey signer,
      String issuer,
      String subject,
      KeyPair keys,
      List<byte[]> extensions,
      Instant from,
      Instant until) {
    List<byte[]> parts =
        new ArrayList<>(
            List.of(
                Der.tagged(0xa0, Der.integer(2)),
                Der.integer(1 + SERIALS.incrementAndGet() % 100),
                ECDSA_WITH_SHA256,
                name(issuer),
                Der.sequence(Der.time(from), Der.time(until)),
                name(subject),
                keys.getPublic().getEncoded()));
    if (!extensions.isEmpty()) {
      parts.add(Der.tagged(0xa3, Der.sequence(extensions.toArray(byte[][]::new))));
    }
    byte[] content = Der.sequence(parts.toArray(byte[][]::new));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(signer);
      signature.update(content);
      return Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] name(String commonName) {
    return Der.sequence(Der.set(Der.sequence(Der.identifier("2.5.4.3"), Der.utf8(commonName))));
  }

  private static byte[] authority() {
    return Der.sequence(
        Der.identifier("2.5.29.19"), Der.yes(), Der.octets(Der.sequence(Der.yes())));
  }

  private static byte[] hosts(String... hosts) {
    List<byte[]> names = new ArrayList<>();
    for (String host : hosts) {
      if (host.matches("[0-9.]+")) {
        try {
          names.add(Der.tagged(0x87, InetAddress.getByName(host).getAddress()));
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      } else {
        names.add(Der.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII)));
      }
    }
    return Der.sequence(
        Der.identifier("2.5.29.17"), Der.octets(Der.sequence(names.toArray(byte[][]::new))));
  }

  private static Path write(Path file, String type, byte[] bytes) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    try {
      Files.writeString(
          file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
      if (type.endsWith("KEY")) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      return file;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
