package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import java.util.Optional;
import picocli.CommandLine.Option;

public final class ThreadsOption {

  @Option(
      names = "--threads",
      defaultValue = "${env:CORDEE_THREADS}",
      paramLabel = "T",
      description =
          "Compute threads of a worker (default: the processors, shared by the workers). Or"
              + " CORDEE_THREADS.")
  private Optional<Integer> threads = Optional.empty();

  /** For each of this many workers on this machine. */
  public int count(int workers) {
    threads.ifPresent(found -> CommandException.requireRange("--threads", found, 1, 4096));
    return threads.orElseGet(
        () -> Math.max(1, Runtime.getRuntime().availableProcessors() / workers));
  }
}
