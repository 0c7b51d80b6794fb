package io.cordee.bench.round;

import io.cordee.bench.MadeUpImages;
import io.cordee.bench.process.Child;
import io.cordee.bench.process.CordeeServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real server with real workers of one thread each, on made-up images. */
public record RealTeam(CordeeServer server, List<Child> workers) implements AutoCloseable {

  /**
   * @param data where {@link MadeUpImages} are
   * @param job besides data and stop conditions, as YAML
   */
  public static RealTeam start(Path data, int workers, String job)
      throws IOException, InterruptedException {
    String whole = job + "stop: {rounds: 1000000000}\n" + MadeUpImages.jobSection();
    RealTeam team = new RealTeam(CordeeServer.start(whole, workers), new ArrayList<>());
    try {
      for (int i = 0; i < workers; i++) {
        team.workers.add(
            Child.start(RealWorker.class, team.server.address(), "1", data.toString()));
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
