package io.cordee.cli.commandline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The version that runs, with the commit that it was built from. */
public final class Version implements IVersionProvider {

  /** Written by the build. */
  private static final String FILE = "/io/cordee/cli/version.txt";

  @Override
  public String[] getVersion() {
    return new String[] {text()};
  }

  public static String text() {
    try (InputStream in = Version.class.getResourceAsStream(FILE)) {
      String version =
          in == null
              ? "(not built by Maven)"
              : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return "cordee " + version + ", Java " + Runtime.version();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
