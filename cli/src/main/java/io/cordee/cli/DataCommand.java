package io.cordee.cli;

import io.cordee.cli.console.Console;
import io.cordee.worker.fetch.FashionMnistFetcher;
import io.cordee.worker.fetch.FetchException;
import io.cordee.worker.fetch.FetchListener;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fetches data sets. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Fetches data sets.",
    subcommands = DataCommand.FashionMnist.class,
    footer = {"", "Example:", "  cordee data fashion-mnist"})
final class DataCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw CommandException.wrongUse(
        "cordee data: which data set? There is fashion-mnist (see cordee data --help)");
  }

  @Command(
      name = "fashion-mnist",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      description = {
        "Fetches Fashion-MNIST (70,000 images of clothes, 30 MB), and checks it.",
        "What is there already is kept; what was broken off is gone on with."
      },
      footer = {
        "",
        "Example:",
        "  cordee data fashion-mnist && cordee train examples/fashion-mnist.yaml",
        "",
        "On Debian, the package dataset-fashion-mnist holds the same files; if it is installed, they are",
        "copied from there."
      })
  static final class FashionMnist implements Callable<Integer> {

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
            "An http or https address below which the files are (default: where they are published).")
    private URI address = FashionMnistFetcher.PUBLISHED;

    @Override
    public Integer call() {
      Console console = Console.standard();
      try {
        FashionMnistFetcher.from(address).fetch(folder, new Lines(console));
      } catch (IllegalArgumentException e) {
        throw CommandException.wrongUse("--from: " + e.getMessage());
      } catch (FetchException e) {
        throw CommandException.failed(e.getMessage());
      }
      console.print("Fashion-MNIST is in " + folder);
      return 0;
    }
  }

  /** What happens, line by line. */
  private record Lines(Console console) implements FetchListener {

    @Override
    public void present(Path file) {
      console.print(file + " is there already");
    }

    @Override
    public void damaged(Path file, String why) {
      console.print(file + " is fetched again: " + why);
    }

    @Override
    public void copied(Path from, Path to) {
      console.print(to + " copied from " + from);
    }

    @Override
    public void progress(String file, long done, OptionalLong total) {
      if (console.isLive()) {
        String of =
            total.isPresent()
                ? String.format(Locale.ROOT, " of %.1f", total.getAsLong() / 1e6)
                : "";
        console.status(String.format(Locale.ROOT, "%s: %.1f%s MB", file, done / 1e6, of));
      }
    }

    @Override
    public void retrying(String file, String why) {
      console.print(file + ": " + why + "; trying again");
    }

    @Override
    public void fetched(Path file) {
      console.print(file + " fetched");
    }
  }
}
