package io.cordee.cli;

/** A command cannot go on: its message is all that a user is shown. */
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int exitCode;

  private CommandException(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What was asked for makes no sense: exit code 2. */
  public static CommandException wrongUse(String message) {
    return new CommandException(message, 2);
  }

  /** It was tried and did not work: exit code 1. */
  public static CommandException failed(String message) {
    return new CommandException(message, 1);
  }

  int exitCode() {
    return exitCode;
  }
}
