package io.cordee.bench.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A real server and workers that play a {@link Role}, each a process of its own. */
public record Team(CordeeServer server, List<Child> workers) implements AutoCloseable {

  /**
   * Starts all of them.
   *
   * @param job as YAML
   * @param options of the server, besides the usual ones
   * @param role of a worker; it is told the server's address
   * @param arguments that it is told besides
   */
  static Team start(
      Host server,
      List<Host> workers,
      String job,
      List<String> options,
      Class<? extends Role> role,
      String... arguments)
      throws IOException, InterruptedException {
    Team team =
        new Team(CordeeServer.start(server, job, workers.size(), options), new ArrayList<>());
    List<String> all = new ArrayList<>(List.of(team.server.address()));
    all.addAll(List.of(arguments));
    try {
      for (Host host : workers) {
        team.workers.add(Child.start(host, role, all.toArray(String[]::new)));
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
