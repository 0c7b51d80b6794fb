package io.cordee.server;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.cordee.common.job.Job;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Observation;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.Outcome;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server and one worker, ann, that train the made-up job over the wire. */
public final class MadeUpTeam {

  private MadeUpTeam() {}

  public static void train(Job job, Observation observation) throws Exception {
    train(job, observation, () -> {});
  }

  /** The worker runs {@code inTheMiddle} after the first rounds. */
  public static void train(Job job, Observation observation, Runnable inTheMiddle)
      throws Exception {
    var role = new LeadRole(job, 1, 1, observation.traffic(), new Listeners().add(observation));
    AtomicInteger leases = new AtomicInteger();
    Runnable gate =
        () -> {
          if (leases.incrementAndGet() == 4) {
            inTheMiddle.run();
          }
        };
    try (ParameterServer server = Loopback.server(role);
        Wire wire = new Wire(server.port())) {
      PlainWorker.paced(gate, List.of(wire)).start("ann");
      assertInstanceOf(Outcome.Completed.class, server.end().get(20, TimeUnit.SECONDS));
    }
  }
}
