package io.cordee.bench.process;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.Tally;
import io.cordee.common.job.WeightFormat;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.Words;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.wire.GradientFormat;
import io.cordee.function.Sums;
import io.cordee.proto.message.Numbers;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.worker.compute.ReceivedVectors;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Contribution;
import io.cordee.worker.link.Introduction;
import io.cordee.worker.link.ServerLink;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A worker that computes nothing: it answers every lease with a prepared vector, over the real
 * connection of a worker to a real server. A round is from one lease to the next.
 */
public final class TrivialWorker implements Role {

  private static final int CLASSES = 10;

  private final ServerLink server;
  private ReductionTree tree;
  private Sums sums;
  private Holding everything;
  private Lease lease;

  /** Takes the server as host:port. */
  public TrivialWorker(String[] arguments) {
    String[] address = arguments[0].split(":");
    server = GrpcServerLink.open(address[0], Integer.parseInt(address[1]));
  }

  /** On this machine; {@code parameters} is a multiple of 10. */
  public static BenchTeam team(int parameters, WeightFormat weights, int workers)
      throws IOException, InterruptedException {
    return team(parameters, weights, Host.HERE, Collections.nCopies(workers, Host.HERE));
  }

  /** On several hosts, one worker on each; {@code parameters} is a multiple of 10. */
  public static BenchTeam team(
      int parameters, WeightFormat weights, Host server, List<Host> workers)
      throws IOException, InterruptedException {
    String job = job(parameters, weights, workers.size());
    return BenchTeam.start(server, workers, job, TrivialWorker.class);
  }

  /**
   * The job, as YAML: a softmax regression without end. Each worker holds one partition, and so
   * pushes one vector a round.
   *
   * @param parameters a multiple of 10
   */
  public static String job(int parameters, WeightFormat weights, int workers) {
    if (parameters % CLASSES != 0) {
      throw new IllegalArgumentException(
          "parameters must be a multiple of " + CLASSES + "; found " + parameters);
    }
    return """
        name: trivial
        model: {layers: [%d, %d]}
        data: {train: {format: csv, file: none.csv, label: 0}}
        optimizer: {name: rprop}
        partitions: %d
        evaluate_every: 1000000000
        digest_every: 0
        checkpoint: {every: 0}
        compression: {weights: %s}
        stop: {rounds: 1000000000}
        """
        .formatted(parameters / CLASSES - 1, CLASSES, workers, Words.of(weights));
  }

  /** Joins; the first lease comes when the server has all the workers that it waits for. */
  @Override
  public String greeting() {
    Introduction me = new Introduction("trivial", 1);
    Welcome welcome = Connector.Connection.greet(server, me).welcome();
    Job job = JobFile.parse(welcome.getJob(), "the server's job", List.of());
    int parameters = job.model().layout().parameters();
    tree = new ReductionTree(job.partitions());
    sums = new Sums(parameters, 1);
    Arrays.fill(sums.gradient(), 1e-3f);
    everything = JobVector.of(job).chunks();
    server.deliverChunksTo(ReceivedVectors.of(job, everything, server)::put);
    int partitions = job.partitions();
    server.checksums(new long[partitions]);
    DataFound.Builder found =
        DataFound.newBuilder().setTrainRows(partitions).setArithmetic("none").setRoom(partitions);
    server.send(WorkerMessage.newBuilder().setDataFound(found).build());
    return "ready";
  }

  @Override
  public void run(int rounds) {
    if (lease == null) {
      awaitLease();
    }
    for (int i = 0; i < rounds; i++) {
      for (int node : tree.maximalNodes(Numbers.set(lease.getPartitionsList()))) {
        Tally tally = new Tally(tree.span(node).size(), 1, 0, 0); // a row each
        server.contribute(
            new Contribution(
                lease.getVersion(), node, tally, sums, GradientFormat.FLOAT32, everything));
      }
      awaitLease();
    }
  }

  private void awaitLease() {
    for (; ; ) {
      ServerMessage message = server.receive();
      if (message.hasPrepare()) {
        Prepared prepared = Prepared.newBuilder().setPlan(message.getPrepare().getPlan()).build();
        server.send(WorkerMessage.newBuilder().setPrepared(prepared).build());
      } else if (message.hasLease()) {
        lease = message.getLease();
        return;
      } else if (message.hasFinished()) {
        throw new IllegalStateException("the job has ended: " + message.getFinished().getMessage());
      }
    }
  }
}
