package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.option.ServerOptions;
import io.cordee.cli.option.WorkerOptions;
import io.cordee.cli.server.ServerProcess;
import io.cordee.cli.server.TeamMember;
import io.cordee.common.reduce.Shard;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.server.grpc.Gate;
import io.cordee.worker.WorkerThread;
import io.cordee.worker.grpc.ServerDial;
import io.cordee.worker.process.FunctionProcesses;
import io.grpc.inprocess.InProcessSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One of a team of peers: a worker and a shard of the server in one process. */
@Command(
    name = "peer",
    description = {
      "Trains a job as one of N equal processes: each computes, and owns a part of the parameters.",
      "Number 0 has the job and the run folder, and coordinates."
    },
    footer = {
      "",
      "Example: four machines, the same command on each but for --index and --listen:",
      "  cordee peer --index 2 --of 4 --lead 10.0.0.1:7311 --listen 10.0.0.3:7311 --insecure \\",
      "    --job job.yaml --data /srv/data --out runs/today",
      "A peer that dies takes its part of the parameters with it: the others wait, and continue"
          + " from",
      "what all have kept in --out once it is started again, with the same command."
    })
public final class PeerCommand extends CordeeCommand {

  private static final Logger LOG = LoggerFactory.getLogger(PeerCommand.class);

  private static final int MOST = 4096;

  /** How much longer than its shard a worker looks for peer 0, so that the shard gives up first. */
  private static final Duration LONGER = Duration.ofMinutes(1);

  @Option(
      names = "--index",
      required = true,
      paramLabel = "I",
      description = "The number of this process, from 0.")
  private int index;

  @Option(
      names = "--of",
      required = true,
      paramLabel = "N",
      description = "How many processes there are.")
  private int count;

  @Option(
      names = "--lead",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Where number 0 listens.")
  private HostAndPort lead;

  @Mixin private WorkerOptions worker;

  /** Where the worker of this process finds its shard. */
  private final SocketAddress door = new InProcessSocketAddress("peer");

  @Mixin private ServerOptions options;

  /** Why the worker has left before the end. */
  private volatile Optional<String> leaving = Optional.empty();

  @Override
  public Integer call() throws Exception {
    CommandException.requireRange("--of", count, 1, MOST);
    CommandException.requireRange("--index", index, 0, count - 1);
    worker.check();
    HostAndPort address = options.listen().orElseGet(this::usualAddress);
    if (index > 0 && options.advertised(address).isEmpty()) {
      throw CommandException.wrongUse(
          "--advertise HOST:PORT is missing: where the other peers reach this one, which listens"
              + " everywhere");
    }
    if (index == 0 && lead.port() > 0 && address.port() != lead.port()) {
      throw CommandException.wrongUse(
          "--listen of peer 0 must have the port of --lead, where the other peers look for it; expected %d, found %d"
              .formatted(lead.port(), address.port()));
    }
    // A peer of a local team is not told what changes the job.
    if (index == 0 || options.starter().isAlone()) {
      options.continueRun();
    }
    Gate gate = options.gate().gate(address, index == 0 ? count : 1);
    Access toLead = options.gate().toLead(lead, gate.access());
    TeamMember member =
        new TeamMember(
            "peer-" + index,
            new Shard(index, count),
            address,
            Optional.of(lead),
            count,
            true,
            worker.patience(),
            gate.with(door),
            onFailure -> compute(toLead, onFailure),
            "the other peers",
            bound ->
                "cordee peer --index I --of %d --lead %s --listen HOST:PORT%s --out DIR"
                    .formatted(count, bound, options.gate().forPeers(gate.access())));
    return new ServerProcess(this, options, member).run();
  }

  private HostAndPort usualAddress() {
    if (index == 0) {
      return lead;
    }
    if (!lead.isThisMachine()) {
      throw CommandException.wrongUse(
          "--listen HOST:PORT is missing: where the other peers reach this one");
    }
    return lead.withPort(0);
  }

  /** Starts the worker of this process, beside its shard. */
  private Runnable compute(Access toLead, Consumer<String> onFailure) {
    Shard shard = new Shard(index, count);
    var own = new ServerDial.Own(shard, door);
    ServerDial dial = new ServerDial(List.of(lead), toLead, Optional.of(own));
    Duration patience = worker.patience().plus(LONGER);
    Optional<FunctionProcesses> processes = worker.processes();
    boolean isTeamOurs = !options.starter().isAlone();
    WorkerThread thread =
        new WorkerThread(
            worker.worker(dial, patience, Optional.of("peer-" + index), isTeamOurs, processes),
            "worker",
            why -> {
              LOG.error("{}; this peer continues as shard {}, without a worker", why, shard);
              leaving = Optional.of(why);
            },
            onFailure);
    thread.start();
    return () -> {
      thread.close();
      processes.ifPresent(FunctionProcesses::close);
      leaving.ifPresent(
          why -> System.err.println("warning: the worker of this peer stopped early: " + why));
    };
  }
}
