package io.cordee.cli.option;

import io.cordee.proto.security.NamedFile;
import java.nio.file.Path;
import java.util.Optional;

/** Files named by an option or else by the environment. */
final class SecretFiles {

  private SecretFiles() {}

  /**
   * @param given by the option
   * @param variable of the environment; as good as absent if it is empty
   */
  static Optional<NamedFile> find(Optional<Path> given, String option, String variable) {
    return given
        .map(path -> new NamedFile(option, path))
        .or(
            () ->
                Optional.ofNullable(System.getenv(variable))
                    .filter(text -> !text.isBlank())
                    .map(text -> new NamedFile(variable, Path.of(text))));
  }

  /** Warns if others may read a secret. */
  static void warnIfOpen(NamedFile file) {
    if (file.isReadableByOthers()) {
      System.err.println("warning: " + file + " can be read by other users; chmod 600 it");
    }
  }
}
