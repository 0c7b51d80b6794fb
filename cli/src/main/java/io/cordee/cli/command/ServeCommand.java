package io.cordee.cli.command;

import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.Listening;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.AccessOptions;
import io.cordee.cli.option.LogFormatOption;
import io.cordee.cli.option.ThresholdOption;
import io.cordee.cli.serve.PredictionServer;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.server.web.Door;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    description = {
      "Serves a trained model's predictions over HTTP, the same figures as predict.",
      "POST /predict takes rows as JSON or CSV. The page at / has a form for a row; /healthz and /metrics are for whatever watches it. When the model's file changes, the new model is served. Ctrl-C ends it."
    },
    footer = {
      "",
      "Examples:",
      "  cordee serve --model runs/20260101-120000-wine",
      "  curl -H 'Content-Type: application/json' -d '{\"alcohol\": 13.2, ...}' http://127.0.0.1:7313/predict",
      "  curl -H 'Content-Type: text/csv' -H 'Accept: text/csv' --data-binary @rows.csv http://127.0.0.1:7313/predict",
      "See docs/serving.md."
    })
public final class ServeCommand extends CordeeCommand {

  private static final int MIB = 1 << 20;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE|RUN",
      description = TrainedModel.OPTION)
  private Path model;

  @Mixin private ThresholdOption threshold;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:7313",
      description = "Where to listen (default: ${DEFAULT-VALUE}); port 0 lets the system pick.")
  private HostAndPort listen;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "A host name, besides localhost and addresses, under which it may be asked. May be repeated.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--max-body",
      paramLabel = "MIB",
      defaultValue = "1",
      description = "The largest body of a request, in MiB (default: ${DEFAULT-VALUE}).")
  private int longestBody;

  @Mixin private AccessOptions access;

  @Mixin private LogFormatOption logs;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logging.toStandardError("serve", logs.format());
    CommandException.requireRange("--max-body", longestBody, 1, 256);
    Access own = access.toClients();
    Set<String> known = new HashSet<>(Set.of(listen.host().toLowerCase(Locale.ROOT)));
    names.forEach(name -> known.add(name.toLowerCase(Locale.ROOT)));
    Door door = access.door("--listen", listen, own, known);
    try (PredictionServer server = start(Listening.at(listen), door)) {
      AtExit.finish(server::close);
      String scheme = own.tls().isPresent() ? "https://" : "http://";
      printer()
          .println(
              "serving %s at %s%s/"
                  .formatted(server.file(), scheme, listen.withPort(server.port())));
      printer().flush();
      new CountDownLatch(1).await();
    }
    return 0;
  }

  private PredictionServer start(InetSocketAddress at, Door door) throws IOException {
    try {
      return new PredictionServer(model, threshold, at, door, longestBody * MIB);
    } catch (IOException e) {
      if (e.getCause() instanceof SocketException) {
        throw Listening.refused(listen, e, "--listen");
      }
      throw e;
    }
  }
}
