package io.cordee.cli.commandline;

import io.cordee.proto.connection.Connections;
import picocli.CommandLine.IVersionProvider;

/** The version that runs; a snapshot's has the commit that it was built from. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {text()};
  }

  public static String text() {
    String version = Connections.VERSION.isEmpty() ? "(not built by Maven)" : Connections.VERSION;
    return "cordee " + version + ", Java " + Runtime.version();
  }
}
