package io.cordee.cli;

import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Token;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The secret that a team shares. */
final class TokenOption {

  /** Of the environment: the file's name, never the token. */
  static final String VARIABLE = "CORDEE_TOKEN_FILE";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Holds the token, a line of at least 16 characters, that all of a team share. Or "
              + VARIABLE
              + ".")
  private Optional<Path> file = Optional.empty();

  Optional<Token> token() {
    Optional<NamedFile> named = SecretFiles.find(file, "--token-file", VARIABLE);
    named.ifPresent(SecretFiles::warnIfOpen);
    return named.map(found -> SecretFiles.read(() -> Token.read(found)));
  }
}
