package io.cordee.cli.file;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option to replace a file that is there. */
public final class ForceOption {

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean isForced;

  /** The file to write, once it is clear that it may be. */
  public OutputFile checked(Path path) {
    return OutputFile.checked(path, isForced);
  }
}
