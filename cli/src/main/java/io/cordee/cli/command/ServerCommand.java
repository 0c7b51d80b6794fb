package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.option.ServerOptions;
import io.cordee.cli.server.ServerProcess;
import io.cordee.cli.server.TeamMember;
import io.cordee.common.reduce.Shard;
import io.cordee.common.text.ShellLine;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.server.grpc.Gate;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "server",
    description = "Serves one job to workers, and ends with it.",
    footer = {
      "",
      "Example: serve a job to other machines over TLS, starting with four workers that share the"
          + " token:",
      "  cordee server --job examples/fashion-mnist.yaml --listen 10.0.0.1:7311 --workers 4 \\",
      "    --tls-cert server.pem --tls-key server-key.pem --token-file token",
      "and on each of them:",
      "  cordee worker --server 10.0.0.1:7311 --tls-ca ca.pem --token-file token --data /srv/data",
      "With --tls-ca on the server too, workers need certificates of their own. On a network you",
      "trust, use --insecure on both sides instead. See docs/security.md.",
      "Resume a run whose server was stopped or killed:",
      "  cordee server --resume runs/last",
      "Have one command begin a run and, started again, resume it:",
      "  cordee server --job job.yaml --out runs/run --resume-if-exists"
    })
public final class ServerCommand extends CordeeCommand {

  private static final HostAndPort USUAL_ADDRESS = new HostAndPort("127.0.0.1", 7311);

  /** How long other shards are waited for. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "${env:CORDEE_WORKERS:-1}",
      description =
          "Start when N workers have joined (default: ${DEFAULT-VALUE}). More may join at any time."
              + " Or CORDEE_WORKERS.")
  private int workers;

  @Option(
      names = "--shard",
      paramLabel = "I/S",
      description =
          "Number I, from 0, of S servers that share the vector. Shard 0 leads: it has the job and"
              + " the run folder.")
  private Shard shard = Shard.WHOLE;

  @Option(
      names = "--lead",
      paramLabel = "HOST:PORT",
      description = "For shards other than 0: where shard 0 listens. The job comes from there.")
  private Optional<HostAndPort> lead = Optional.empty();

  @Option(
      names = "--resume-if-exists",
      description =
          "If --out holds a run, resume it; if not, begin it. So one command starts a server and"
              + " starts it again after a crash.")
  private boolean resumesIfExists;

  @Mixin private ServerOptions options;

  @Override
  public Integer call() throws Exception {
    if (workers < 1) {
      throw CommandException.wrongUse("--workers must be at least 1; found " + workers);
    }
    if (shard.leads() && lead.isPresent()) {
      throw CommandException.wrongUse("--lead is for shards other than 0");
    }
    if (!shard.leads() && options.isAnythingForLead()) {
      throw CommandException.wrongUse(
          "--job, changes to the job, --resume and --tensorboard are for shard 0, which tells the"
              + " others what to do");
    }
    if (resumesIfExists) {
      if (options.folder().isEmpty() || options.resume().isAsked()) {
        throw CommandException.wrongUse(
            "--resume-if-exists goes with --out DIR, and not with --resume");
      }
      options.continueRun();
    }
    HostAndPort address = options.listen().orElse(USUAL_ADDRESS);
    Gate gate = options.gate().gate(address, shard.leads() ? workers : 1);
    TeamMember member =
        new TeamMember(
            shard.leads() ? "server" : "shard-" + shard.number(),
            shard,
            address,
            lead,
            workers,
            false,
            PATIENCE,
            gate,
            TeamMember.Beside.NOTHING,
            workers == 1 ? "a worker" : workers + " workers",
            bound ->
                ShellLine.cordee("worker", "--server", bound.toString())
                    + options.gate().forWorkers(gate.access()));
    return new ServerProcess(this, options, member).run();
  }
}
