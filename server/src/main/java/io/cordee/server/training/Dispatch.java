package io.cordee.server.training;

import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.Vector;
import io.cordee.server.team.Work;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Map;

/**
 * What workers are sent in synchronous training: the work they are asked for, and before it, and
 * ever after, the chunks that it takes.
 */
final class Dispatch {

  private final boolean sendsSigns;
  private final RoundBoard board;
  private final Roster roster;
  private final Team team;
  private final Shards shards;

  /**
   * @param sendsSigns whether workers follow by replaying steps
   */
  Dispatch(boolean sendsSigns, RoundBoard board, Roster roster, Team team, Shards shards) {
    this.sendsSigns = sendsSigns;
    this.board = board;
    this.roster = roster;
    this.team = team;
    this.shards = shards;
  }

  /** Asks workers for work on the current version. */
  void ask(Map<WorkerId, Work> asked) {
    if (board.hasOwnEvaluationPoint()
        && asked.values().stream().anyMatch(work -> !work.slices().isEmpty())) {
      shards.sendWeights(board.version());
    }
    asked.forEach(this::ask);
  }

  private void ask(WorkerId worker, Work work) {
    if (roster.bringIntoSync(worker)) {
      bringIntoSync(worker);
    }
    if (!work.slices().isEmpty()) {
      if (board.hasOwnEvaluationPoint()) {
        sendAll(worker, Vector.WEIGHTS);
      }
      team.evaluate(worker, board.version(), work.slices());
    }
    if (!work.partitions().isEmpty()) {
      team.lease(worker, board.version(), work.partitions());
    }
  }

  private void bringIntoSync(WorkerId worker) {
    if (sendsSigns) {
      for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
        team.state(worker, chunk);
      }
    } else {
      sendAll(worker, Vector.EVALUATION_POINT);
    }
  }

  private void sendAll(WorkerId worker, Vector vector) {
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      team.chunk(worker, board.version(), vector, chunk);
    }
    if (vector == Vector.EVALUATION_POINT) {
      for (int chunk : board.steppedChunks()) {
        team.chunk(worker, board.version() + 1, vector, chunk);
      }
    }
  }

  /** Sends chunks that have been stepped to all who have what was before. */
  void send(List<Integer> stepped) {
    for (WorkerId worker : roster.inSync()) {
      for (int chunk : stepped) {
        if (sendsSigns) {
          team.signs(worker, chunk);
        } else {
          team.chunk(worker, board.version() + 1, Vector.EVALUATION_POINT, chunk);
        }
      }
    }
  }
}
