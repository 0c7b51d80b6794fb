package io.cordee.experiment.compare;

import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.run.RunNote;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/** Trains cells one by one. */
public interface CellRunner {

  /**
   * @param folder the run folder, which is not there yet
   * @param rounds called now and then with the number of completed rounds
   * @return how it ended: completed, failed or interrupted
   * @throws IOException if the folder cannot be written
   */
  RunNote.End run(Planned planned, Path folder, IntConsumer rounds)
      throws IOException, InterruptedException;
}
