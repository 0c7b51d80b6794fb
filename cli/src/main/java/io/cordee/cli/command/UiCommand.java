package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.Listening;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.ViewOptions;
import io.cordee.experiment.report.RunsPage;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.server.web.Door;
import io.cordee.server.web.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "ui",
    description = {
      "Serves the report of all runs in folders as a page: curves side by side, search, smoothing.",
      "It follows runs that are still training, and new ones. Ctrl-C ends it."
    },
    footer = {"", "Examples:", "  cordee ui", "  cordee ui runs more-runs --listen 127.0.0.1:8080"})
public final class UiCommand extends CordeeCommand {

  @Parameters(
      arity = "0..*",
      paramLabel = "DIR",
      defaultValue = "runs",
      description =
          "Folders of run folders, run folders, or the folder of a comparison (default: ${DEFAULT-VALUE}).")
  private List<Path> folders;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = ViewOptions.USUAL,
      description =
          "Where to listen, on this machine only (default: ${DEFAULT-VALUE}); port 0 lets the system pick.")
  private HostAndPort listen;

  @Override
  public Integer call() throws InterruptedException {
    Logging.warningsOnly();
    if (!listen.isThisMachine()) {
      throw CommandException.wrongUse(
          "--listen %s is not a loopback address, and cordee ui serves this machine only; use an SSH tunnel"
              .formatted(listen));
    }
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw CommandException.failed(
            folder + ": no such folder; expected a folder of runs, such as runs");
      }
    }
    RunsPage page = new RunsPage(folders);
    Door door = new Door(Optional.empty(), Optional.empty(), Set.of());
    try (WebServer server = new WebServer(Listening.at(listen), door, page::html)) {
      printer().println("page at http://" + listen.withPort(server.port()) + "/");
      printer().flush();
      new CountDownLatch(1).await();
    } catch (IOException e) {
      throw Listening.refused(listen, e, "--listen");
    }
    return 0;
  }
}
