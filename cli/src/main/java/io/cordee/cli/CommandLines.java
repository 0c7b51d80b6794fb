package io.cordee.cli;

import io.cordee.common.job.JobException;
import io.cordee.common.text.OutsideText;
import io.cordee.worker.data.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How every command parses its arguments, reports errors, and exits. */
public final class CommandLines {

  private static final int HELP_WIDTH = 100;

  private CommandLines() {}

  /** The command line of a command with its subcommands. */
  public static CommandLine of(Object command) {
    return new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(HELP_WIDTH)
        .setParameterExceptionHandler(CommandLines::wrongUse)
        .setExecutionExceptionHandler(CommandLines::failed);
  }

  private static int wrongUse(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    StringBuilder line =
        new StringBuilder(name + ": " + e.getMessage().lines().findFirst().orElse(""));
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      line.append("; did you mean ").append(unmatched.getSuggestions().get(0)).append('?');
    }
    command.getErr().println(OutsideText.message(line + " (see " + name + " --help)"));
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    Optional<CommandException> known = explained(e);
    if (known.isEmpty()) {
      e.printStackTrace(command.getErr());
      return CommandLine.ExitCode.SOFTWARE;
    }
    command.getErr().println(OutsideText.message(known.get().getMessage()));
    return known.get().exitCode();
  }

  /** The line that says it all, where files, data or a job are wrong; else it is a defect. */
  private static Optional<CommandException> explained(Exception e) {
    if (e instanceof CommandException known) {
      return Optional.of(known);
    }
    if (e instanceof JobException) {
      return Optional.of(CommandException.wrongUse(e.getMessage()));
    }
    if (e instanceof UncheckedIOException) {
      return Optional.of(CommandException.failed(Errors.rootText(e)));
    }
    return e instanceof IOException || e instanceof DataException
        ? Optional.of(CommandException.failed(Errors.text(e)))
        : Optional.empty();
  }
}
