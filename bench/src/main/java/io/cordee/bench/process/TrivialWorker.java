package io.cordee.bench.process;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.job.Tally;
import io.cordee.common.model.Layout;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.worker.compute.Vectors;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.ServerSays;
import io.cordee.worker.model.Sums;
import java.util.Arrays;
import java.util.List;

/**
 * A worker that computes nothing: it answers every lease with a prepared vector, over the real
 * connection of a worker to a real server. A round is from one lease to the next.
 */
public final class TrivialWorker implements Role {

  private final ServerLink server;
  private ReductionTree tree;
  private Sums sums;
  private ServerSays.Lease lease;

  /**
   * @param arguments the server's host and port, as host:port
   */
  public TrivialWorker(String[] arguments) {
    String[] address = arguments[0].split(":");
    server = GrpcServerLink.open(address[0], Integer.parseInt(address[1]));
  }

  /** Joins; the first lease comes when the server has all the workers that it waits for. */
  @Override
  public String greeting() {
    server.hello("trivial", 1);
    ServerSays.Welcome welcome = (ServerSays.Welcome) server.receive();
    Job job = JobFile.parse(welcome.job(), "the server's job", List.of());
    int parameters = Layout.of(job.model()).parameters();
    tree = new ReductionTree(job.partitions());
    sums = new Sums(parameters, 1);
    Arrays.fill(sums.gradient(), 1e-3f);
    server.deliverChunksTo(Vectors.of(job, server)::put);
    server.dataFound(job.partitions(), 0, "none", Columns.UNKNOWN);
    return "ready";
  }

  @Override
  public void run(int rounds) {
    if (lease == null) {
      awaitLease();
    }
    for (int i = 0; i < rounds; i++) {
      for (int node : tree.maximalNodes(lease.partitions())) {
        Tally tally = new Tally(tree.span(node).size(), 1, 0, 0); // a row each
        server.contribution(lease.version(), node, tally, sums);
      }
      awaitLease();
    }
  }

  private void awaitLease() {
    for (; ; ) {
      ServerSays said = server.receive();
      if (said instanceof ServerSays.Prepare prepare) {
        server.prepared(prepare.plan());
      } else if (said instanceof ServerSays.Lease next) {
        lease = next;
        return;
      } else if (said instanceof ServerSays.Finished finished) {
        throw new IllegalStateException("the job has ended: " + finished.message());
      }
    }
  }
}
