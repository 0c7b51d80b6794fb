package io.cordee.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Issues certificates as PEM files, by the JDK's keytool.
 *
 * @param file its own certificate
 */
public record TestAuthority(Path folder, String name, Path file) {

  private static final String PASSWORD = "password";
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss").withZone(ZoneId.systemDefault());

  /** PEM files of a certificate and its key. */
  public record Issued(Path certificate, Path key) {}

  public static TestAuthority in(Path folder, String name) throws IOException {
    TestAuthority authority = new TestAuthority(folder, name, folder.resolve(name + "-ca.pem"));
    authority.generate(name, "-ext", "bc:critical=ca:true");
    try {
      pem(authority.file, "CERTIFICATE", authority.keys().getCertificate(name).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    return authority;
  }

  /** A certificate valid now, for these names and addresses. */
  public Issued issue(String subject, String... hosts) throws IOException {
    return issue(subject, Instant.now().plus(Duration.ofHours(12)), hosts);
  }

  /** A certificate valid for the day that ends then. */
  public Issued issue(String subject, Instant until, String... hosts) throws IOException {
    List<String> options = new ArrayList<>(List.of("-signer", name, "-validity", "1"));
    options.addAll(List.of("-startdate", TIME.format(until.minus(Duration.ofDays(1)))));
    if (hosts.length > 0) {
      options.add("-ext");
      options.add(
          Stream.of(hosts)
              .map(host -> (host.matches("[0-9.]+") ? "ip:" : "dns:") + host)
              .collect(Collectors.joining(",", "san=", "")));
    }
    generate(subject, options.toArray(String[]::new));
    Issued issued =
        new Issued(folder.resolve(subject + ".pem"), folder.resolve(subject + "-key.pem"));
    try {
      KeyStore keys = keys();
      pem(issued.certificate, "CERTIFICATE", keys.getCertificate(subject).getEncoded());
      pem(issued.key, "PRIVATE KEY", keys.getKey(subject, PASSWORD.toCharArray()).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    Files.setPosixFilePermissions(issued.key, PosixFilePermissions.fromString("rw-------"));
    return issued;
  }

  private void generate(String subject, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keystore", store().toString()));
    command.addAll(List.of("-storepass", PASSWORD, "-keyalg", "EC"));
    command.addAll(List.of("-alias", subject, "-dname", "CN=" + subject));
    command.addAll(List.of(options));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes());
    if (keytool.onExit().join().exitValue() != 0) {
      throw new AssertionError(said);
    }
  }

  private Path store() {
    return folder.resolve(name + ".p12");
  }

  private KeyStore keys() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store())) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static void pem(Path file, String type, byte[] bytes) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
            .formatted(type, LINES.encodeToString(bytes)));
  }
}
