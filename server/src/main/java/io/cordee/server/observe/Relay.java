package io.cordee.server.observe;

import io.cordee.common.job.Best;
import io.cordee.common.job.data.Columns;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.TrainingListener;
import java.util.List;
import java.util.function.Consumer;

/** Passes on all events but the end of the job. */
abstract class Relay implements TrainingListener {

  abstract void pass(Consumer<TrainingListener> event);

  @Override
  public void joined(WorkerId worker, int connected) {
    pass(to -> to.joined(worker, connected));
  }

  @Override
  public void left(WorkerId worker, int connected, String why) {
    pass(to -> to.left(worker, connected, why));
  }

  @Override
  public void dataFound(Columns columns) {
    pass(to -> to.dataFound(columns));
  }

  @Override
  public void resumed(int version) {
    pass(to -> to.resumed(version));
  }

  @Override
  public void started(int workers, int rounds) {
    pass(to -> to.started(workers, rounds));
  }

  @Override
  public void waiting(String reason) {
    pass(to -> to.waiting(reason));
  }

  @Override
  public void warned(String warning) {
    pass(to -> to.warned(warning));
  }

  @Override
  public void measured(Measurement measurement) {
    pass(to -> to.measured(measurement));
  }

  @Override
  public void improved(Best best, List<float[]> weights) {
    pass(to -> to.improved(best, weights));
  }

  @Override
  public void kept(int version) {
    pass(to -> to.kept(version));
  }
}
