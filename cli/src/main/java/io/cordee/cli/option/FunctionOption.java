package io.cordee.cli.option;

import io.cordee.worker.process.FunctionProcesses;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

public final class FunctionOption {

  @Option(
      names = "--function",
      paramLabel = "COMMAND",
      description =
          "Computes gradients by this command, quoted as for sh, which runs once for each compute thread; see docs/function-process.md.")
  private Optional<String> command = Optional.empty();

  /** The option for workers that are started from here, if it is given. */
  public List<String> arguments() {
    return command.map(line -> List.of("--function", line)).orElse(List.of());
  }

  /** Prepares the processes, none of which is started yet; the caller closes them. */
  public Optional<FunctionProcesses> processes() {
    return command.map(line -> new FunctionProcesses(List.of("/bin/sh", "-c", line)));
  }
}
