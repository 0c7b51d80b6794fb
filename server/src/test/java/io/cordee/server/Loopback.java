package io.cordee.server;

import io.cordee.common.job.Job;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.assembly.Role;
import io.cordee.server.grpc.Gate;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Traffic;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Servers on the loopback interface, at ports from the system, that do not linger. */
public final class Loopback {

  public static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private Loopback() {}

  /** Creates the role of a server that keeps nothing. */
  public static LeadRole lead(Job job, int shards, int workers, TrainingListener listener) {
    return new LeadRole(job, shards, workers, new Traffic(), new Listeners().add(listener));
  }

  public static ParameterServer server(Role role) throws IOException, InterruptedException {
    return server(Gate.OPEN, role);
  }

  public static ParameterServer server(Gate gate, Role role)
      throws IOException, InterruptedException {
    return ParameterServer.start(ANY_PORT, gate, Duration.ZERO, role);
  }
}
