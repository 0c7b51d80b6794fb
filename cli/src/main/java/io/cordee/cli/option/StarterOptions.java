package io.cordee.cli.option;

import io.cordee.cli.process.ServerAddress;
import io.cordee.common.job.file.Found;
import io.cordee.proto.connection.HostAndPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options for a server from the script or, for most of them, the parent process that starts it. */
public final class StarterOptions {

  @Option(
      names = "--announce",
      paramLabel = "FILE",
      description =
          "Write HOST:PORT into this file once the server listens; tells a script which port the system has picked.")
  private Optional<Path> announce = Optional.empty();

  @Mixin private LeashOption leash;

  @Option(
      names = "--found",
      hidden = true,
      description = "Where the workers find the data, for the run's folder.")
  private Optional<Path> data = Optional.empty();

  /** Returns whether no parent process has started it: workers come from elsewhere. */
  public boolean isAlone() {
    return !leash.isGiven();
  }

  /** Returns whether a file says where the server listens, and nothing else needs to. */
  public boolean isAnnounced() {
    return announce.isPresent();
  }

  public void hold() {
    leash.hold();
  }

  /** Says where the server listens, if that was asked for. */
  public void announce(HostAndPort address) {
    try {
      if (announce.isPresent()) {
        ServerAddress.announce(address.toString(), announce.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Found found() {
    return new Found(data);
  }
}
