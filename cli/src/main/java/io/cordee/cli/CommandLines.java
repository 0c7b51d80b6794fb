package io.cordee.cli;

import io.cordee.common.text.OutsideText;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How every command of Cordee's reads its arguments, says what went wrong, and exits. */
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
    if (e instanceof CommandException known) {
      command.getErr().println(OutsideText.message(known.getMessage()));
      return known.exitCode();
    }
    e.printStackTrace(command.getErr());
    return CommandLine.ExitCode.SOFTWARE;
  }
}
