package io.cordee.server.training;

import io.cordee.common.job.Batch;
import io.cordee.common.job.Columns;
import io.cordee.common.job.Job;
import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Mode;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.Slices;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.function.Stats;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Training.DataFound;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the workers find in the job's files: the first one's word, which the others are held to. */
final class DataAgreement {

  private static final RowCounts NO_ROWS = new RowCounts(0, 0, 0);

  private final Job job;

  /** Read by any thread; written by one at a time. */
  private volatile Optional<DataFound> agreed = Optional.empty();

  /** What a partition's rows sum up to, by who was the first to say so. */
  private record Sum(long checksum, WorkerId by) {}

  private final Map<Integer, Sum> sums = new HashMap<>();

  /** Those that the job was trained on before it was resumed. */
  private Columns before = Columns.UNKNOWN;

  DataAgreement(Job job) {
    this.job = job;
  }

  /** Rows with other columns than these are not to be taken. */
  void expect(Columns columns) {
    before = columns;
  }

  /** Why a worker that finds this cannot take part; empty if it can. */
  Optional<String> refusal(DataFound found) {
    RowCounts rows = found.rows();
    long least = ofBatch(job.local().map(LocalSteps::batch).orElse(1) * (long) job.partitions());
    if (rows.train() < Math.max(job.partitions(), least)) {
      return Optional.of(
          String.format(
              "%d partitions and a batch of %d rows need as many training rows; found %d",
              job.partitions(), least, rows.train()));
    }
    return refusal("validation", job.data().hasValidation(), rows.validation())
        .or(() -> refusal("test", job.data().hasTest(), rows.test()))
        .or(
            () ->
                agreed
                    .filter(first -> !first.hasRowsOf(found))
                    .map(
                        first ->
                            String.format(
                                "other workers find %s, this one %s; give it the same files",
                                first.rows(), rows)))
        .or(() -> refusal("other workers", agreed.map(DataFound::columns), found))
        .or(() -> refusal("the run so far", ofRun(), found));
  }

  /**
   * Why a worker whose rows sum up to this cannot take part; empty if it can. Of one that cannot,
   * nothing is believed.
   */
  Optional<String> refusal(WorkerId worker, Map<Integer, Long> ofPartitions) {
    for (Map.Entry<Integer, Long> each : ofPartitions.entrySet()) {
      Sum first = sums.get(each.getKey());
      if (first != null && first.checksum() != each.getValue()) {
        sums.values().removeIf(sum -> sum.by().equals(worker));
        return Optional.of(
            String.format(
                "its rows of partition %d%s differ from those of %s; give it the same files",
                each.getKey(),
                job.data().isEvaluated() ? " (training, validation or test)" : "",
                first.by()));
      }
    }
    ofPartitions.forEach(
        (partition, checksum) -> sums.putIfAbsent(partition, new Sum(checksum, worker)));
    return Optional.empty();
  }

  private Optional<Columns> ofRun() {
    return before.equals(Columns.UNKNOWN) ? Optional.empty() : Optional.of(before);
  }

  private static Optional<String> refusal(String kind, boolean areExpected, long found) {
    return found > 0 == areExpected
        ? Optional.empty()
        : Optional.of(
            String.format(
                "the job has %s%s rows; found %d", areExpected ? "" : "no ", kind, found));
  }

  private static Optional<String> refusal(
      String whose, Optional<Columns> expected, DataFound found) {
    return expected
        .flatMap(columns -> columns.difference(found.columns()))
        .map(
            difference ->
                String.format(
                    "the columns of its files are not those of %s: %s; give it the same files",
                    whose, difference));
  }

  /**
   * What people should know of a worker with another arithmetic; asynchronous training has no
   * digests that could come again.
   */
  Optional<String> warning(WorkerId worker, DataFound found) {
    return agreed
        .filter(first -> job.mode() instanceof Mode.Sync)
        .filter(first -> !first.arithmetic().equals(found.arithmetic()))
        .map(
            first ->
                String.format(
                    "%s computes with %s, others with %s: digests will depend on the team",
                    worker, found.arithmetic(), first.arithmetic()));
  }

  /**
   * Checks that a contribution counts the rows that are below its node.
   *
   * @throws IllegalArgumentException if it does not, or there is no such node
   */
  void check(Contribution contribution, ReductionTree tree) {
    contribution.tally().check(tree.rows(contribution.node(), rowsOfRound()));
  }

  /**
   * Checks that the tally of a slice of the evaluated rows counts them.
   *
   * @throws IllegalArgumentException if it does not, or there is no such slice
   */
  void checkSlice(int slice, Tally tally) {
    tally.check(rows().rowsOf(slice, job.partitions()));
    tally
        .measures()
        .ifPresent(
            measures -> measures.check(tally.rows(), job.hasLabels(), job.model().outputs()));
  }

  /** What stop conditions need of training rows, where nobody has counted it. */
  Optional<String> missing(Tally tally) {
    return job.stop().tolerance().isPresent() && tally.within() == Stats.NOT_COUNTED
        ? Optional.of(
            "stop.tolerance needs the number of rows within it, which the gradient function does"
                + " not count; leave it out")
        : Optional.empty();
  }

  /** Likewise of evaluated rows. */
  Optional<String> missingOfEvaluated(Tally tally) {
    return job.needsAccuracy() && !tally.hasAccuracy()
        ? Optional.of(
            "%s needs the number of correct rows; the gradient function neither counts them nor gives outputs"
                .formatted(
                    job.stop().accuracy().isPresent()
                        ? "stop.accuracy"
                        : "stop.monitor: validation_accuracy"))
        : Optional.empty();
  }

  /** Into how many slices the evaluated rows are cut. */
  Slices slices() {
    return rows().slices(job.partitions());
  }

  /** What nobody has found yet counts as none. */
  RowCounts rows() {
    return agreed.map(DataFound::rows).orElse(NO_ROWS);
  }

  /** How many training rows the contributions of a round count. */
  long rowsOfRound() {
    return ofBatch(rows().train());
  }

  private long ofBatch(long all) {
    return job.batch() instanceof Batch.Rows some ? some.rows() : all;
  }

  /** After which round the job ends at the latest, once the rows are counted. */
  int lastRound() {
    long all = rows().train();
    return all == 0
        ? StopConditions.UNBOUNDED
        : job.stop().lastRound(all, job.rowsPerRound().orElse(all));
  }

  /** Takes the word of a worker that was not refused. */
  void add(DataFound found) {
    agreed = agreed.isPresent() ? agreed : Optional.of(found);
  }

  /** Nobody is left who found it; whoever comes next may be right. */
  void forget() {
    agreed = Optional.empty();
    sums.clear();
  }
}
