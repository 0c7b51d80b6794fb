package io.cordee.cli.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.cordee.proto.security.AccessException;
import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Tls;
import io.cordee.proto.security.TlsFiles;
import io.cordee.proto.security.Token;
import io.cordee.server.TestAuthority;
import io.cordee.server.TestAuthority.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates, keys and tokens, and what is said of bad ones. */
class SecurityFilesTest {

  @TempDir private static Path folder;

  private static TestAuthority authority;
  private static Issued server;

  @BeforeAll
  static void issue() throws IOException {
    authority = TestAuthority.in(folder, "alps");
    server = authority.issue("server", "localhost");
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Tls identity(Path certificate, Path key) {
    return files(certificate, key).server().orElseThrow();
  }

  private static TlsFiles files(Path certificate, Path key) {
    return TlsFiles.NONE.withIdentity(
        new NamedFile("--tls-cert", certificate), new NamedFile("--tls-key", key));
  }

  private static Optional<NamedFile> authority(Path file) {
    return Optional.of(new NamedFile("--tls-ca", file));
  }

  private static void expect(Consumer<Void> reading, String... parts) {
    String message = assertThrows(AccessException.class, () -> reading.accept(null)).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "no \"" + part + "\" in " + message);
    }
    assertEquals(1, message.lines().count(), message);
  }

  // ---- certificates and keys ----

  @Test
  void aCertificateAndItsKeyAreTaken() {
    TlsFiles files =
        files(server.certificate(), server.key()).withAuthority(authority(authority.file()));
    assertNotNull(files.server().orElseThrow().server());
    assertNotNull(files.client().orElseThrow().client());
  }

  @Test
  void aFileThatIsMissingEmptyAFolderOrNoPemIsNamed() throws IOException {
    expect(
        n -> identity(folder.resolve("none.pem"), server.key()),
        "--tls-cert",
        "none.pem: no such file");
    Path empty = file("empty.pem", "");
    expect(n -> identity(empty, server.key()), "empty.pem: the file is empty");
    expect(n -> identity(folder, server.key()), "expected a file, found a folder");
    Path text = file("text.pem", "certainly no certificate\n");
    expect(n -> identity(text, server.key()), "text.pem: expected certificates", "found none");
    Path large = file("large.pem", "x".repeat(2 << 20));
    expect(n -> identity(large, server.key()), "expected at most 1048576 bytes");
  }

  @Test
  void aFileThatThisUserMayNotReadIsNamed() throws IOException {
    Path shut = file("shut.pem", Files.readString(server.certificate()));
    Files.setPosixFilePermissions(shut, Set.of());
    assumeFalse(Files.isReadable(shut), "root may read everything");
    expect(n -> identity(shut, server.key()), "shut.pem: permission denied; make it readable");
  }

  @Test
  void aFileIsReadOnce() throws IOException {
    Path certificate = file("once.pem", Files.readString(server.certificate()));
    Tls tls = identity(certificate, server.key());
    Files.delete(certificate);
    assertNotNull(tls.server());
  }

  @Test
  void aCertificateWithoutItsKeyOrAuthorityIsRefused() {
    NamedFile own = new NamedFile("--tls-cert", server.certificate());
    TlsFiles alone = new TlsFiles(Optional.of(own), Optional.empty(), Optional.empty());
    expect(n -> alone.server(), own + ": expected --tls-cert and --tls-key, found this one alone");
    expect(n -> files(server.certificate(), server.key()).client(), "--tls-cert needs --tls-ca");
    TlsFiles theirs = TlsFiles.NONE.withAuthority(authority(authority.file()));
    expect(n -> theirs.server(), "--tls-ca needs --tls-cert and --tls-key on a server");
  }

  @Test
  void aDamagedCertificateIsRefused() throws IOException {
    String good = Files.readString(server.certificate());
    Path damaged = file("two.pem", good + good.replaceFirst("\nMI", "\nAA"));
    expect(n -> identity(damaged, server.key()), "two.pem: expected certificates");
  }

  @Test
  void certificateAndKeyMixedUpAreRefused() {
    expect(
        n -> identity(server.key(), server.certificate()), "--tls-cert", "-----BEGIN CERTIFICATE");
    expect(
        n -> identity(server.certificate(), server.certificate()),
        "--tls-key",
        "-----BEGIN PRIVATE KEY-----");
  }

  @Test
  void aKeyInAnotherFormIsToBeConverted() throws IOException {
    for (String type : List.of("RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY")) {
      Path key =
          file("old.pem", "-----BEGIN %1$s-----\nAAAA\n-----END %1$s-----\n".formatted(type));
      expect(n -> identity(server.certificate(), key), "old.pem", "openssl pkcs8 -topk8");
    }
  }

  @Test
  void aDamagedKeyIsNamedAndNotShown() throws IOException {
    Path key = file("k.pem", "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n");
    expect(n -> identity(server.certificate(), key), "k.pem: expected a key");
    AccessException e =
        assertThrows(AccessException.class, () -> identity(server.certificate(), key));
    assertFalse(e.getMessage().contains("SECRET"), e.getMessage());
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws IOException {
    Issued other = authority.issue("other");
    expect(
        n -> identity(server.certificate(), other.key()),
        "\"CN=server\"",
        "does not belong to the key in --tls-key " + other.key());
  }

  @Test
  void aCertificateOutOfDateIsRefusedWithItsDate() throws IOException {
    Issued old = authority.issue("old", Instant.parse("2020-02-03T04:05:06Z"));
    expect(
        n -> identity(old.certificate(), old.key()),
        "\"CN=old\", issued by \"CN=alps\" is valid from ",
        " to 2020-02-03T04:05:06Z, and it is ");
    Issued early = authority.issue("early", Instant.now().plus(Duration.ofDays(10)));
    expect(n -> identity(early.certificate(), early.key()), "\"CN=early\"", "is valid from");
    expect(
        n -> TlsFiles.NONE.withAuthority(authority(old.certificate())).client(),
        "--tls-ca",
        "\"CN=old\"",
        " to 2020-02-03T04:05:06Z");
  }

  // ---- tokens ----

  private static Token token(Path file) {
    return Token.read(new NamedFile("--token-file", file));
  }

  @Test
  void aTokenIsTakenWithoutItsEndOfLineAndNotShown() throws IOException {
    Token token = token(file("token", "0123456789abcdef\r\n"));
    assertEquals("a token", token.toString());
  }

  @Test
  void aTokenThatIsTooShortOrNoneIsRefusedWithoutShowingIt() throws IOException {
    Path brief = file("brief", "0123456789abcde\n");
    Path blank = file("blank", " \n\n");
    Path lines = file("lines", "0123456789abcdef\n0123456789abcdef\n");
    Path accents = file("accents", "0123456789abcdefé\n");
    expect(n -> token(brief), "--token-file", "16 to 4096 visible ASCII", "found 15", "openssl");
    expect(n -> token(blank), "found 0");
    expect(n -> token(lines), "expected one line");
    expect(n -> token(accents), "expected one line");
    expect(n -> token(folder.resolve("none")), "none: no such file");
    for (Path path : new Path[] {brief, lines, accents}) {
      AccessException e = assertThrows(AccessException.class, () -> token(path));
      assertFalse(e.getMessage().contains("0123"), e.getMessage());
    }
  }

  @Test
  void aFileThatOthersMayReadIsRecognized() throws IOException {
    Path path = file("token", "0123456789abcdef");
    NamedFile named = new NamedFile("--token-file", path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
    assertTrue(named.isReadableByOthers());
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    assertFalse(named.isReadableByOthers());
  }
}
