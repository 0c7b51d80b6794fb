package io.cordee.cli.option;

import io.cordee.cli.commandline.HostAndPort;
import io.cordee.cli.team.ServerAddress;
import io.cordee.common.job.Found;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that a parent process passes to its server; not for people. */
public final class StarterOptions {

  @Option(names = "--announce", hidden = true, description = "Write the address into this file.")
  private Optional<Path> announce = Optional.empty();

  @Mixin private LeashOption leash;

  @Option(
      names = "--found",
      hidden = true,
      description = "Where the workers find the data, for the run's folder.")
  private Optional<Path> data = Optional.empty();

  /** Whether nobody has: workers come from elsewhere. */
  public boolean isAlone() {
    return announce.isEmpty() && !leash.isGiven();
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
