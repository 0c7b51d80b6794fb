package io.cordee.cli;

import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Token;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The shared secret of a team. */
final class TokenOption {

  /** Of the environment: the file's name, never the token. */
  static final String VARIABLE = "CORDEE_TOKEN_FILE";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A file with the team's shared token, a line of at least 16 characters. Or "
              + VARIABLE
              + ".")
  private Optional<Path> file = Optional.empty();

  Optional<Token> token() {
    Optional<NamedFile> named = SecretFiles.find(file, "--token-file", VARIABLE);
    named.ifPresent(SecretFiles::warnIfOpen);
    return named.map(Token::read);
  }
}
