package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.proto.security.Authority;
import io.cordee.proto.security.Identity;
import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Tls;
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

  /** For a server: TLS if it has a certificate. */
  Optional<Tls> server() {
    Optional<Identity> identity = identity();
    Optional<NamedFile> file = authorityFile();
    if (identity.isEmpty() && file.isPresent()) {
      throw CommandException.wrongUse(
          file.get().option() + " needs --tls-cert and --tls-key on a server");
    }
    return identity.map(own -> new Tls(Optional.of(own), file.map(Authority::read)));
  }

  /** For a client: TLS if it has an authority to know the server by. */
  public Optional<Tls> client() {
    return client(authorityFile());
  }

  /** As above, with {@code file} as the authority to know the server by. */
  Optional<Tls> client(Optional<NamedFile> file) {
    Optional<Identity> identity = identity();
    if (identity.isPresent() && file.isEmpty()) {
      throw CommandException.wrongUse(
          "--tls-cert needs --tls-ca: the CA certificate to verify the server with");
    }
    return file.map(named -> new Tls(identity, Optional.of(Authority.read(named))));
  }

  Optional<NamedFile> authorityFile() {
    return SecretFiles.find(authority, "--tls-ca", "CORDEE_TLS_CA");
  }

  private Optional<Identity> identity() {
    Optional<NamedFile> own = SecretFiles.find(certificate, "--tls-cert", "CORDEE_TLS_CERT");
    Optional<NamedFile> secret = SecretFiles.find(key, "--tls-key", "CORDEE_TLS_KEY");
    if (own.isPresent() != secret.isPresent()) {
      throw CommandException.wrongUse(
          own.isPresent() ? "--tls-cert needs --tls-key" : "--tls-key needs --tls-cert");
    }
    secret.ifPresent(SecretFiles::warnIfOpen);
    return own.map(file -> Identity.read(file, secret.orElseThrow()));
  }
}
