package io.cordee.cli;

import io.cordee.cli.team.ExitCode;

/** A command cannot continue: its message is all that the user sees. */
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int exitCode;

  private CommandException(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The command was used wrongly: exit code 2. */
  public static CommandException wrongUse(String message) {
    return new CommandException(message, ExitCode.WRONG_USE);
  }

  /** The command failed: exit code 1. */
  public static CommandException failed(String message) {
    return new CommandException(message, ExitCode.FAILED);
  }

  int exitCode() {
    return exitCode;
  }
}
