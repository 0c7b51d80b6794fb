package io.cordee.bench.wire;

import io.cordee.bench.process.Child;
import io.cordee.bench.process.CordeeServer;
import io.cordee.bench.process.Host;
import io.cordee.common.job.Downlink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A real server with workers that compute nothing, each a process of its own. */
public record TrivialTeam(CordeeServer server, List<Child> workers) implements AutoCloseable {

  /**
   * A team on this machine, floats both ways.
   *
   * @param parameters a multiple of 10
   */
  public static TrivialTeam start(int parameters, int workers)
      throws IOException, InterruptedException {
    return start(parameters, workers, Downlink.FLOATS);
  }

  /** The same, with another downlink. */
  public static TrivialTeam start(int parameters, int workers, Downlink downlink)
      throws IOException, InterruptedException {
    return start(parameters, downlink, Host.HERE, Collections.nCopies(workers, Host.HERE));
  }

  /**
   * A team on several hosts.
   *
   * @param parameters a multiple of 10
   * @param workers one on each of these
   */
  public static TrivialTeam start(
      int parameters, Downlink downlink, Host server, List<Host> workers)
      throws IOException, InterruptedException {
    String job = TrivialJob.of(parameters, workers.size(), downlink);
    TrivialTeam team =
        new TrivialTeam(CordeeServer.start(server, job, workers.size()), new ArrayList<>());
    try {
      for (Host host : workers) {
        team.workers.add(Child.start(host, TrivialWorker.class, team.server.address()));
      }
      return team;
    } catch (IOException | RuntimeException e) {
      team.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    workers.forEach(Child::close);
    server.close();
  }
}
