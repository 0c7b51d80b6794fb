package io.cordee.cli.option;

import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.TlsFiles;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The certificates to present and to require. Without any, connections are plain text. */
public final class TlsOptions {

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description =
          "This side's certificate (PEM); intermediate certificates may follow in the file. Or CORDEE_TLS_CERT.")
  private Optional<Path> certificate = Optional.empty();

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "Its key (PEM, PKCS#8, not encrypted; RSA or EC). Or CORDEE_TLS_KEY.")
  private Optional<Path> key = Optional.empty();

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "The CA certificate (PEM) to verify the other side with: the server or, on a server, every worker. Or CORDEE_TLS_CA.")
  private Optional<Path> authority = Optional.empty();

  /** Warns if others may read the key. */
  public TlsFiles files() {
    Optional<NamedFile> secret = SecretFiles.find(key, "--tls-key", "CORDEE_TLS_KEY");
    secret.ifPresent(SecretFiles::warnIfOpen);
    return new TlsFiles(
        SecretFiles.find(certificate, "--tls-cert", "CORDEE_TLS_CERT"),
        secret,
        SecretFiles.find(authority, "--tls-ca", "CORDEE_TLS_CA"));
  }
}
