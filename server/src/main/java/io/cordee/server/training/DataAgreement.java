package io.cordee.server.training;

import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Training.DataFound;
import java.util.Optional;

/** What the workers find in the job's files: the first one's word, which the others are held to. */
final class DataAgreement {

  private Optional<DataFound> agreed = Optional.empty();

  /** Why a worker that finds this cannot take part; empty if it can. */
  Optional<String> refusal(DataFound found) {
    return agreed
        .filter(first -> !first.hasRowsOf(found))
        .map(
            first ->
                String.format(
                    "other workers find %d training and %d test rows, this one %d and %d; give it the same files",
                    first.trainRows(), first.testRows(), found.trainRows(), found.testRows()));
  }

  /** What people should know of a worker that multiplies in another way. */
  Optional<String> warning(WorkerId worker, DataFound found) {
    return agreed
        .filter(first -> !first.arithmetic().equals(found.arithmetic()))
        .map(
            first ->
                String.format(
                    "%s multiplies by %s, others by %s: digests will depend on the team; compute: portable does not",
                    worker, found.arithmetic(), first.arithmetic()));
  }

  /** Takes the word of a worker that was not refused. */
  void add(DataFound found) {
    agreed = agreed.isPresent() ? agreed : Optional.of(found);
  }

  /** Nobody is left who found it; whoever comes next may be right. */
  void forget() {
    agreed = Optional.empty();
  }

  Optional<DataFound> agreed() {
    return agreed;
  }
}
