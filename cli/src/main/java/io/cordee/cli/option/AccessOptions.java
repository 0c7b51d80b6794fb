package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Tls;
import io.cordee.proto.security.TlsFiles;
import io.cordee.proto.security.Token;
import io.cordee.server.web.Door;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How the processes of a team know each other: by certificates and a shared token. Plain text never
 * leaves this machine unless asked for.
 */
public final class AccessOptions {

  @Mixin private TlsOptions tls;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A file with the team's shared token, a line of at least 16 characters. Or"
              + " CORDEE_TOKEN_FILE.")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--insecure",
      description =
          "Use plain text with other machines: anyone on the network between can read and change everything.")
  private boolean isInsecure;

  TlsFiles tls() {
    return tls.files();
  }

  boolean isInsecure() {
    return isInsecure;
  }

  Optional<Token> token() {
    Optional<NamedFile> named = SecretFiles.find(tokenFile, "--token-file", "CORDEE_TOKEN_FILE");
    named.ifPresent(SecretFiles::warnIfOpen);
    return named.map(Token::read);
  }

  public Access toServers(List<HostAndPort> servers) {
    Optional<Tls> secured = tls().client();
    servers.forEach(server -> check("--server", server, secured, "--tls-ca"));
    return new Access(secured, token());
  }

  /** How clients reach a server that has no team. */
  public Access toClients() {
    return new Access(tls().server(), token());
  }

  /**
   * Lets clients ask over HTTP that show what the processes of a team show each other, as far as a
   * browser can.
   *
   * @param names under which the server is known, in lower case
   */
  public Door door(String role, HostAndPort at, Access own, Set<String> names) {
    check(role, at, own.tls(), "--tls-cert and --tls-key");
    boolean isForAll = own.token().isEmpty() && !own.tls().map(Tls::hasAuthority).orElse(false);
    if (isForAll && !isInsecure && !at.isThisMachine()) {
      throw CommandException.wrongUse(
          "%s %s is not a loopback address, and anyone could use it; give --token-file, or --tls-ca to require client certificates"
              .formatted(role, at));
    }
    return new Door(own.tls().map(Tls::webServer), own.token().map(token -> token::is), names);
  }

  /** Refuses plain text that was not asked for; {@code wayOut} are the options that turn TLS on. */
  void check(String role, HostAndPort address, Optional<Tls> secured, String wayOut) {
    if (secured.isPresent() && isInsecure) {
      throw CommandException.wrongUse(
          "--insecure and --tls-... exclude each other; give only one of them");
    }
    if (secured.isEmpty() && !isInsecure && !address.isThisMachine()) {
      throw CommandException.wrongUse(
          "%s %s is not a loopback address, and plain text can be read and changed in transit; give %s, or --insecure on a network that you trust"
              .formatted(role, address, wayOut));
    }
  }
}
