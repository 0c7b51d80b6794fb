package io.cordee.bench.process;

import io.cordee.bench.MadeUpImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** Teams with real workers of one thread each, on made-up images. */
public final class RealTeam {

  private RealTeam() {}

  /**
   * Starts one on this machine.
   *
   * @param data where {@link MadeUpImages} are
   * @param job besides data and stop conditions, as YAML
   * @param options of the server, besides the usual ones
   */
  public static Team start(Path data, int workers, String job, String... options)
      throws IOException, InterruptedException {
    return Team.start(
        Host.HERE,
        Collections.nCopies(workers, Host.HERE),
        job + "stop: {rounds: 1000000000}\n" + MadeUpImages.jobSection(),
        List.of(options),
        RealWorker.class,
        data.toString());
  }
}
