package io.cordee.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the jar that runs. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "cordee " + (version == null ? "(not packaged)" : version) + ", Java " + Runtime.version()
    };
  }
}
