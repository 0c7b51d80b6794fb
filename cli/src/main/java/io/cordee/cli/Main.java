package io.cordee.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code cordee} command. */
@Command(
    name = "cordee",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Trains neural networks across processes and machines, exactly.",
    subcommands = {
      TrainCommand.class,
      ServerCommand.class,
      WorkerCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      TraceCommand.class,
      RulesCommand.class,
      DataCommand.class,
      HealthCommand.class
    },
    footer = {
      "",
      "Example: train the digits on this machine, with one server and four workers:",
      "  cordee train",
      "",
      "cordee COMMAND --help says more. Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted."
    })
public final class Main implements Runnable {

  private static final int HELP_WIDTH = 100;

  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(HELP_WIDTH)
        .setParameterExceptionHandler(Main::wrongUse)
        .setExecutionExceptionHandler(Main::failed);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
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
    command.getErr().println(line + " (see " + name + " --help)");
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    if (e instanceof CommandException known) {
      command.getErr().println(known.getMessage());
      return known.exitCode();
    }
    e.printStackTrace(command.getErr());
    return CommandLine.ExitCode.SOFTWARE;
  }
}
