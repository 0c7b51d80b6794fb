package io.cordee.spark.fit;

import io.cordee.server.assembly.LeadRole;
import io.cordee.server.grpc.Gate;
import io.cordee.server.serving.JobServer;
import io.cordee.server.serving.StartException;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver's server, or its shard 0, on a thread of its own. */
final class DriverLead implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DriverLead.class);

  /** How long it may take to end when the tasks have been cancelled. */
  private static final int PATIENCE_MILLIS = 2000;

  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private final JobServer server = new JobServer();
  private final Thread thread;

  private DriverLead(InetSocketAddress address, Gate gate, LeadRole role, boolean isTeamComplete) {
    if (isTeamComplete) {
      server.expectNoOthers();
    }
    server.listenAt(address, gate, Fit.LAST_TASKS, port::complete);
    thread = new Thread(() -> run(role), "cordee-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void run(LeadRole role) {
    try {
      end.complete(server.run(role));
    } catch (InterruptedException | RuntimeException | Error e) {
      port.completeExceptionally(e);
      end.completeExceptionally(e);
    }
  }

  /**
   * @param isTeamComplete true if no workers will join other than those waited for at first
   * @throws StartException if it cannot be started
   */
  static DriverLead listen(
      InetSocketAddress address, Gate gate, LeadRole role, boolean isTeamComplete)
      throws IOException {
    DriverLead lead = new DriverLead(address, gate, role, isTeamComplete);
    try {
      lead.port.get();
      return lead;
    } catch (InterruptedException e) {
      lead.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting the parameter server");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StartException start) {
        throw start;
      }
      throw new IOException("the parameter server failed", e.getCause());
    }
  }

  int port() {
    return port.join();
  }

  /** Done when the job is over and its workers have left, or the server has failed. */
  CompletableFuture<Outcome> end() {
    return end;
  }

  /** Ends the job if it is not over, and waits for nobody any more. */
  void cancel() {
    try {
      server.interrupt("cancelled");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      LOG.debug("the tasks did not leave in time");
    }
  }

  @Override
  public void close() {
    boolean isInterrupted = Thread.interrupted();
    try {
      thread.join(PATIENCE_MILLIS);
      thread.interrupt();
      thread.join();
    } catch (InterruptedException e) {
      isInterrupted = true;
      thread.interrupt();
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
