package io.cordee.cli;

import io.cordee.cli.command.CacheCommand;
import io.cordee.cli.command.CompareCommand;
import io.cordee.cli.command.CompletionCommand;
import io.cordee.cli.command.DataCommand;
import io.cordee.cli.command.EvaluateCommand;
import io.cordee.cli.command.ExportCommand;
import io.cordee.cli.command.GalleryCommand;
import io.cordee.cli.command.HealthCommand;
import io.cordee.cli.command.InitCommand;
import io.cordee.cli.command.InspectCommand;
import io.cordee.cli.command.OptimizersCommand;
import io.cordee.cli.command.PeerCommand;
import io.cordee.cli.command.PredictCommand;
import io.cordee.cli.command.ReportCommand;
import io.cordee.cli.command.ServeCommand;
import io.cordee.cli.command.ServerCommand;
import io.cordee.cli.command.TraceCommand;
import io.cordee.cli.command.TrainCommand;
import io.cordee.cli.command.UiCommand;
import io.cordee.cli.command.WorkerCommand;
import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CommandLines;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.LogFormatOption;
import io.cordee.cli.plugin.Plugins;
import io.cordee.common.text.OutsideText;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "cordee",
    description = "Trains neural networks across processes and machines, exactly.",
    subcommands = {
      TrainCommand.class,
      CompareCommand.class,
      ReportCommand.class,
      UiCommand.class,
      ServerCommand.class,
      WorkerCommand.class,
      PeerCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      ServeCommand.class,
      ExportCommand.class,
      InspectCommand.class,
      TraceCommand.class,
      GalleryCommand.class,
      OptimizersCommand.class,
      DataCommand.class,
      CacheCommand.class,
      InitCommand.class,
      HealthCommand.class,
      CompletionCommand.class,
      SessionCommand.class,
      RehearseCommand.class
    },
    footer = {
      "",
      "Example: train the digits on this machine, with one server and four workers:",
      "  cordee train",
      "",
      "From a source checkout, cordee bench measures how close all this comes to what the",
      "machine can do, and cordee chaos kills, stops and cuts off a team's processes and damages its files.",
      "",
      "cordee COMMAND --help says more. Exit codes: 0 done, 1 failed, 2 wrong use, 3 out of memory,",
      "130 interrupted."
    })
public final class Main extends CordeeCommand {

  private Main() {}

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // of numbers in files and messages
    AtExit.begin();
    if (LogFormatOption.isJson(arguments)) {
      Logging.printJson();
    }
    // For events of its buffers, Netty would start Java's flight recorder: a tenth of a second.
    System.getProperties().putIfAbsent("io.netty.jfr.enabled", "false");
    try {
      Plugins.use(arguments);
    } catch (CommandException e) {
      System.err.println("cordee: " + OutsideText.message(e.getMessage()));
      System.exit(e.exitCode());
    }
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return CommandLines.of(new Main());
  }

  @Override
  public Integer call() {
    line().usage(printer());
    return 0;
  }
}
