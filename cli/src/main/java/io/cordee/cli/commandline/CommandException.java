package io.cordee.cli.commandline;

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

  /** A team's worker is not wanted any more: exit code 4. */
  public static CommandException sentAway(String message) {
    return new CommandException(message, ExitCode.SENT_AWAY);
  }

  public static void requireRange(String option, int found, int least, int most) {
    if (found < least || found > most) {
      throw wrongUse("%s must be %s to %s; found %s".formatted(option, least, most, found));
    }
  }

  public int exitCode() {
    return exitCode;
  }
}
