package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.console.Console;
import io.cordee.cli.dataset.BrownCommand;
import io.cordee.cli.dataset.ClicksCommand;
import io.cordee.cli.dataset.FlightsCommand;
import io.cordee.worker.fetch.FashionMnistFetcher;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "data",
    description = "Fetches data sets, or makes one up.",
    subcommands = {
      DataCommand.FashionMnist.class,
      FlightsCommand.class,
      BrownCommand.class,
      ClicksCommand.class
    },
    footer = {"", "Example:", "  cordee data fashion-mnist"})
public final class DataCommand extends CordeeCommand {

  @Override
  public Integer call() {
    throw CommandException.wrongUse(
        "cordee data: which data set? There are fashion-mnist, flights, brown and clicks (see cordee"
            + " data --help)");
  }

  @Command(
      name = "fashion-mnist",
      description = {
        "Fetches Fashion-MNIST (70,000 images of clothes, 30 MB), and checks it.",
        "Files that are already there and intact are kept."
      },
      footer = {
        "",
        "Example:",
        "  cordee data fashion-mnist && cordee train examples/fashion-mnist.yaml",
        "",
        "On Debian, the package dataset-fashion-mnist holds the same files; if it is installed,"
            + " they are",
        "copied from there."
      })
  static final class FashionMnist extends CordeeCommand {

    @Option(
        names = "--to",
        paramLabel = "DIR",
        defaultValue = "data/fashion-mnist",
        description = "Where to put the files (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Option(
        names = "--from",
        paramLabel = "ADDRESS",
        description =
            "The http or https address to download the files from (default: where they are"
                + " published).")
    private URI address = FashionMnistFetcher.PUBLISHED;

    @Override
    public Integer call() throws IOException {
      Console console = Console.standard();
      try {
        new FashionMnistFetcher(address, console::print, console::statusIfLive).fetch(folder);
      } catch (IllegalArgumentException e) {
        throw CommandException.wrongUse("--from: " + e.getMessage());
      }
      console.print("Fashion-MNIST is in " + folder);
      return 0;
    }
  }
}
