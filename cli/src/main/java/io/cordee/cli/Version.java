package io.cordee.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the jar that runs. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {text()};
  }

  /** One line. */
  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return "cordee "
        + (version == null ? "(not packaged)" : version)
        + ", Java "
        + Runtime.version();
  }
}
