package io.cordee.cli.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A test in a folder of its own. */
public abstract class InFolder {

  @TempDir protected Path folder;

  protected final String path(String name) {
    return folder.resolve(name).toString();
  }

  protected final Path write(String name, CharSequence text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  protected final String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  /** Starts processes in the folder. */
  final Cordee cordee() {
    return Cordee.in(folder);
  }

  /** The run in the folder {@code run}. */
  final Run run() {
    return cordee().runFolder("run");
  }
}
