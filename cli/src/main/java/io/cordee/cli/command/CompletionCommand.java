package io.cordee.cli.command;

import io.cordee.cli.commandline.CordeeCommand;
import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(
    name = "completion",
    description = {
      "Prints a script for bash or zsh that completes commands, options, and the names of optimizers.",
      "In this shell: source <(cordee completion)"
    },
    footer = {
      "",
      "For every bash: cordee completion > ~/.local/share/bash-completion/completions/cordee"
    })
public final class CompletionCommand extends CordeeCommand {

  @Override
  public Integer call() {
    PrintWriter out = printer();
    out.print(AutoComplete.bash("cordee", line().getParent()));
    out.flush();
    return 0;
  }
}
