package io.cordee.server.training;

import io.cordee.common.job.Batch;
import io.cordee.common.job.Job;
import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Mode;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.Slices;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.Tally;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.file.Found;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.text.Advice;
import io.cordee.function.Stats;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the workers find in the job's files, and which of them is right where they differ. */
final class DataAgreement {

  private static final RowCounts NO_ROWS = new RowCounts(0, 0, 0);

  /** How many of the partitions that differ are named. */
  private static final int SHOWN = 10;

  private final Job job;

  /** Read by any thread; written by one at a time. */
  private volatile Optional<DataFound> agreed = Optional.empty();

  /** What the job was trained on before it was resumed. */
  private Found before = Found.NOTHING;

  /**
   * What comes of a vote.
   *
   * @param refused workers whose data differ from those of the larger part, and what differs
   * @param undecided workers whose data differ from an equally large group that had already agreed
   * @param tie why there is no larger part
   */
  record Vote(Map<WorkerId, String> refused, List<WorkerId> undecided, Optional<String> tie) {}

  DataAgreement(Job job) {
    this.job = job;
  }

  /** Other rows than these are to be refused. */
  void expect(Found found) {
    before = found;
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
        .or(() -> uncalledFor(found.columns()))
        .or(
            () ->
                before
                    .columns()
                    .difference(found.columns())
                    .filter(difference -> !before.columns().areNothing())
                    .or(() -> ofRun(words(found)))
                    .map(difference -> differs("the run so far", difference)));
  }

  /** Why a worker that finds this cannot join others that have begun. */
  Optional<String> refusalByOthers(DataFound found) {
    return agreed.flatMap(first -> difference("other workers", first, found));
  }

  private Optional<String> ofRun(String rows) {
    return before.rows().isEmpty() || before.rows().equals(rows)
        ? Optional.empty()
        : Optional.of("expected " + before.rows() + "; found " + rows);
  }

  /** What is kept with a run, by which other rows can be told from these. */
  static String words(DataFound found) {
    return "%s, checksum %016x".formatted(found.rows(), found.checksum());
  }

  private static Optional<String> refusal(String kind, boolean areExpected, long found) {
    return found > 0 == areExpected
        ? Optional.empty()
        : Optional.of(
            String.format(
                "the job has %s%s rows; found %d", areExpected ? "" : "no ", kind, found));
  }

  /** What is said of columns that such a job has nothing of. */
  private Optional<String> uncalledFor(Columns columns) {
    DataSpec data = job.data();
    boolean isTable = data.train().hasColumns();
    boolean isNamed = job.hasLabels() && data.train().classes().isEmpty();
    return job(isTable, "columns", columns.features() + columns.targets())
        .or(() -> job(isNamed, "labels that name classes", columns.classes()))
        .or(() -> job(data.split().isPresent(), "rows that are held out", columns.split()))
        .or(() -> job(!data.preprocessing().isNone(), "encoding", columns.encoding().toText()));
  }

  private static Optional<String> job(boolean has, String what, String found) {
    return has || found.isEmpty()
        ? Optional.empty()
        : Optional.of("the job has no " + what + "; found some");
  }

  // ---- the vote ----

  /** Workers that find the same. */
  private record Group(DataFound found, List<WorkerId> workers) {}

  /**
   * The largest group of workers that find the same is right; of two, the one that has agreed
   * before.
   */
  Vote vote(Map<WorkerId, DataFound> reports) {
    List<Group> groups = new ArrayList<>();
    reports.forEach(
        (worker, found) ->
            groups.stream()
                .filter(group -> difference(group.found, found).isEmpty())
                .findFirst()
                .ifPresentOrElse(
                    group -> group.workers.add(worker),
                    () -> groups.add(new Group(found, new ArrayList<>(List.of(worker))))));
    groups.sort(Comparator.comparingInt(group -> isAgreed(group.found) ? 0 : 1));
    groups.sort(Comparator.comparingInt(group -> -group.workers.size()));
    Group first = groups.remove(0);
    int most = first.workers.size();
    List<WorkerId> undecided = new ArrayList<>();
    groups.stream()
        .filter(group -> group.workers.size() == most)
        .forEach(group -> undecided.addAll(group.workers));
    if (!undecided.isEmpty() && !isAgreed(first.found)) {
      return new Vote(Map.of(), List.of(), Optional.of(tie(first, groups.get(0))));
    }
    agreed = Optional.of(first.found);
    Map<WorkerId, String> refused = new LinkedHashMap<>();
    String others = names(first.workers);
    reports.forEach(
        (worker, found) ->
            difference(others, first.found, found)
                .filter(why -> !undecided.contains(worker))
                .ifPresent(why -> refused.put(worker, why)));
    return new Vote(refused, undecided, Optional.empty());
  }

  private boolean isAgreed(DataFound found) {
    return agreed.isPresent() && difference(agreed.get(), found).isEmpty();
  }

  private String tie(Group one, Group other) {
    return "the workers find different data, and there is no majority: %s against %s: %s; give all of them the same files, pin the right ones with data.train.sha256, or let three or more vote%s"
        .formatted(
            names(one.workers),
            names(other.workers),
            difference(one.found, other.found).orElseThrow(),
            Advice.WORKERS);
  }

  private static String names(List<WorkerId> workers) {
    return workers.stream().map(WorkerId::toString).collect(Collectors.joining(", "));
  }

  private Optional<String> difference(String whose, DataFound expected, DataFound found) {
    return difference(expected, found).map(difference -> differs(whose, difference));
  }

  private String differs(String whose, String difference) {
    return "its data differ from those of %s: %s; give it the same files"
        .formatted(whose, difference);
  }

  /** As in "expected ...; found ...". */
  private Optional<String> difference(DataFound expected, DataFound found) {
    String held = ofSplit(expected.columns().split(), found.columns().split());
    if (!expected.rows().equals(found.rows())) {
      String files = String.join(" and ", job.data().files());
      return Optional.of(
          "expected %s%s; found %s%s"
              .formatted(
                  expected.rows(), files.isEmpty() ? "" : " in " + files, found.rows(), held));
    }
    int at = expected.sums().mismatch(found.sums());
    return expected
        .columns()
        .difference(found.columns())
        .map(text -> text + (held.isEmpty() ? where(expected, found) : held))
        .or(
            () ->
                Optional.of("expected checksum %016x for %s; found %016x")
                    .filter(text -> at >= 0)
                    .map(
                        text ->
                            text.formatted(
                                expected.sums().get(at),
                                part(at, found.rows()),
                                found.sums().get(at))));
  }

  /** Says why other rows are held out, where labels decide that. */
  private String ofSplit(String expected, String found) {
    boolean isByLabel = job.hasLabels() && job.data().split().filter(Split::stratify).isPresent();
    Optional<String> column = job.data().train().labelColumn();
    return expected.equals(found) || !isByLabel
        ? ""
        : "; data.split draws from each class: a changed label%s changes which rows are held out"
            .formatted(column.map(" in column '%s'"::formatted).orElse(""));
  }

  /** Names the partitions whose rows differ; one cell may change how its column is encoded. */
  private String where(DataFound expected, DataFound found) {
    long rows = found.rows().train();
    int sums = Math.min(expected.sums().limit(), found.sums().limit());
    return IntStream.range(0, Math.min(job.partitions(), sums))
        .filter(i -> expected.sums().get(i) != found.sums().get(i))
        .limit(SHOWN)
        .mapToObj(i -> " %d (from training row %d)".formatted(i, i * rows / job.partitions()))
        .reduce((one, next) -> one + "," + next)
        .map(parts -> "; partitions that differ (at most %d are named):%s".formatted(SHOWN, parts))
        .orElse("");
  }

  /** What a checksum is of. */
  private String part(int at, RowCounts rows) {
    DataSpec data = job.data();
    Slices slices = rows.slices(job.partitions());
    int slice = at - job.partitions();
    int test = slice - slices.validation();
    return slice < 0
        ? part("partition %d of the training", at, job.partitions(), rows.train(), data.train())
        : test < 0
            ? part(
                "slice %d of the validation",
                slice,
                slices.validation(),
                rows.validation(),
                data.validation().orElse(data.train()))
            : part(
                "slice %d of the test",
                test, slices.test(), rows.test(), data.test().orElse(data.train()));
  }

  private static String part(String unit, int at, int parts, long rows, SourceSpec source) {
    String files = source.files().isEmpty() ? "" : " of " + String.join(" and ", source.files());
    return (unit
            + " rows%s, which begins at row %d of these (counting from 0 the rows kept after the split; not a line number)")
        .formatted(at, files, at * rows / parts);
  }

  /**
   * A warning about a worker with another arithmetic; asynchronous training has no reproducible
   * digests anyway.
   */
  Optional<String> warning(WorkerId worker, DataFound found, Collection<DataFound> others) {
    return others.stream()
        .filter(first -> job.mode() instanceof Mode.Sync)
        .filter(first -> !first.arithmetic().equals(found.arithmetic()))
        .findFirst()
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

  Optional<DataFound> agreed() {
    return agreed;
  }
}
