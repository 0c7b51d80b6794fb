package io.cordee.cli.commandline;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands share: help and version, where they print, and how they were given. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
public abstract class CordeeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  /** Read before the command line is. */
  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description =
          "Jars with gradient functions and optimizers of your own, that jobs may name. Or"
              + " CORDEE_PLUGINS.")
  private Optional<Path> plugins = Optional.empty();

  protected CommandLine line() {
    return spec.commandLine();
  }

  /** Says what has failed before the command ends; returns its exit code. */
  public int failed(Exception e) throws Exception {
    return line().getExecutionExceptionHandler().handleExecutionException(e, line(), null);
  }

  protected PrintWriter printer() {
    return line().getOut();
  }

  /**
   * Returns the exit code of a command whose result is what it has printed.
   *
   * @throws CommandException if not all of it could be printed
   */
  protected int printed() {
    if (printer().checkError()) { // which flushes
      throw CommandException.failed(
          "standard output: the result could not be written in full; is the disk full, or has its"
              + " reader ended?");
    }
    return ExitCode.DONE;
  }

  /**
   * The command as it was given, for repeating it, without {@code cordee}.
   *
   * @param options that are left out; each has a value
   */
  public List<String> givenWithout(Set<String> options) {
    List<String> given = spec.root().commandLine().getParseResult().originalArgs();
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      String[] parts = given.get(i).split("=", 2);
      if (!options.contains(parts[0])) {
        kept.add(given.get(i));
      } else if (parts.length == 1) {
        i++;
      }
    }
    return kept;
  }
}
