package io.cordee.cli.command;

import io.cordee.cli.commandline.CordeeCommand;
import picocli.CommandLine.Command;

@Command(
    name = "model",
    description = "Brings in models that other programs have made.",
    subcommands = ImportCommand.class)
public final class ModelCommand extends CordeeCommand {

  @Override
  public Integer call() {
    line().usage(printer());
    return 0;
  }
}
