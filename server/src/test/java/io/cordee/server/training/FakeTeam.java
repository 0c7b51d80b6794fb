package io.cordee.server.training;

import io.cordee.server.round.Vector;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;

/** A team that takes no notice of what it is sent. Tests override what they expect. */
public class FakeTeam implements Team {

  @Override
  public void welcome(WorkerId worker) {}

  @Override
  public void prepare(WorkerId worker, int plan, BitSet partitions) {}

  @Override
  public void chunk(WorkerId worker, int version, Vector vector, int chunk) {}

  @Override
  public void signs(WorkerId worker, int chunk) {
    throw new AssertionError("this team's jobs are sent as floats");
  }

  @Override
  public void state(WorkerId worker, int chunk) {
    throw new AssertionError("this team's jobs are sent as floats");
  }

  @Override
  public void lease(WorkerId worker, int version, BitSet partitions) {}

  @Override
  public void evaluate(WorkerId worker, int version, BitSet slices) {
    throw new AssertionError("this team's jobs have no rows to evaluate");
  }

  @Override
  public void finished(WorkerId worker, Outcome outcome) {
    throw new AssertionError("the job is over: " + outcome.message());
  }

  @Override
  public void expel(WorkerId worker, String reason) {
    throw new AssertionError(worker + " is expelled: " + reason);
  }
}
