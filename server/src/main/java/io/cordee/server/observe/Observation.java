package io.cordee.server.observe;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.run.RoundTable;
import io.cordee.server.observe.Event.Kind;
import io.cordee.server.observe.Figures.Phase;
import io.cordee.server.observe.Totals.Count;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.RoundListener;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * What is known of a job while it runs, for the live page and metrics: counters, the workers and
 * shards, curves and events. One for the whole job, also where a server takes the place of another.
 * Any thread may call; a training thread is delayed by less than a microsecond, except for one
 * round per second in which step sizes are sampled.
 *
 * <p>Memory: bounded, regardless of the number of rounds and workers.
 */
public final class Observation implements TrainingListener, RoundListener {

  private static final String STEP_SIZE = "step_size";

  private final Job job;
  private final int shards;
  private final long began;
  private final LongSupplier nanoTime;
  private final Totals totals = new Totals();
  private final Traffic traffic;
  private final Meter meter;
  private final RoundClock clock = new RoundClock();
  private final WorkerTable workers = new WorkerTable();
  private final ShardTable shardTable;
  private final Events events;
  private final Optional<StepSampler> sampler;

  private final Standing standing;
  private volatile int underWay;
  private volatile Optional<Figures.Gathering> gathering = Optional.empty();
  private final List<Runnable> atTheEnd = new CopyOnWriteArrayList<>();

  public Observation(Job job, int shards) {
    this(job, shards, System::nanoTime, System::currentTimeMillis);
  }

  /**
   * @param nanoTime the training's clock
   * @param millis the time of day
   */
  Observation(Job job, int shards, LongSupplier nanoTime, LongSupplier millis) {
    this.job = job;
    this.shards = shards;
    this.began = millis.getAsLong();
    this.nanoTime = nanoTime;
    this.traffic = new Traffic(nanoTime);
    this.meter = new Meter(totals, traffic);
    this.events = new Events(millis);
    this.standing = new Standing(job);
    JobVector vector = JobVector.of(job);
    Chunks all = vector.chunks();
    this.shardTable = new ShardTable(all, shards);
    boolean hasStepSizes =
        vector.optimizer().slots().stream()
            .limit(1)
            .anyMatch(slot -> slot.name().equals(STEP_SIZE));
    this.sampler =
        hasStepSizes
            ? Optional.of(new StepSampler(job.model(), new Shard(0, shards).own(all).parameters()))
            : Optional.empty();
  }

  public Job job() {
    return job;
  }

  /** The time of day, in milliseconds since 1970: tells one server from the one before. */
  public long began() {
    return began;
  }

  public int shards() {
    return shards;
  }

  public Totals totals() {
    return totals;
  }

  public Traffic traffic() {
    return traffic;
  }

  public void gathers(Figures.Gathering awaited) {
    gathering = Optional.of(awaited);
  }

  /** Takes over what an earlier process has measured, from its {@code metrics.csv}. */
  public void recall(Path metrics) {
    try (Stream<String> lines = Files.lines(metrics, StandardCharsets.ISO_8859_1)) {
      RoundTable.read(lines.iterator(), standing::recalled);
    } catch (IllegalArgumentException e) {
      // Its header is not yet written, or damaged.
    } catch (IOException | UncheckedIOException e) {
      say(Kind.WARNING, "the curves start here: cannot read " + e.getMessage());
    }
  }

  // ---- for the live page ----

  /** Updates the rates per second; to be called about once a second by one thread. */
  public void look() {
    double seconds = meter.look(nanoTime.getAsLong());
    if (seconds > 0 && standing.now().phase().isRunning()) {
      workers.look(seconds);
    }
  }

  public Figures figures() {
    long now = nanoTime.getAsLong();
    Figures.Progress progress = standing.now();
    Figures.Rates rates = meter.rates();
    return new Figures(
        progress,
        progress.phase().isRunning() ? rates : rates.withoutRounds(),
        standing.checkpoint(now),
        workers.rows(),
        shardTable.rows(now),
        sampler.flatMap(StepSampler::latest),
        progress.phase() == Phase.GATHERING ? gathering : Optional.empty());
  }

  /** The points from the one that holds this round onwards. */
  public Curve curveFrom(int round) {
    return standing.curveFrom(round);
  }

  /** Runs this when the job is over, on the thread that ends it: it must be brief. */
  public void whenEnded(Runnable action) {
    atTheEnd.add(action);
  }

  public List<Event> eventsAfter(long number) {
    return events.after(number);
  }

  // ---- events of the training ----

  @Override
  public RoundListener withinRounds() {
    return this;
  }

  @Override
  public void joined(WorkerId worker, int connected) {
    traffic
        .line(worker)
        .ifPresent(
            line -> {
              boolean isBack = workers.joined(worker, line);
              if (isBack) {
                totals.add(Count.RECONNECTED, 1);
              }
              say(Kind.JOINED, worker + (isBack ? " is back" : " joined"));
            });
  }

  @Override
  public void left(WorkerId worker, int connected, String why) {
    workers.left(worker);
    totals.add(Count.LOST, 1);
    say(Kind.LEFT, worker + " left: " + why + "; " + connected + " connected");
  }

  @Override
  public void resumed(int version) {
    underWay = version;
    workers.allLeft();
    standing.resumed(version);
    shardTable.resumed(version);
    say(
        Kind.RESUMED,
        version == 0
            ? "no checkpoint to resume from: starting again at round 0"
            : "resumed at round " + version);
  }

  @Override
  public void started(int count, int rounds) {
    standing.endsAfter(rounds);
    standing.is(Phase.TRAINING, "");
    String how = standing.now().round() == 0 ? "begins" : "continues";
    say(Kind.STARTED, "training " + how + " with " + count + (count == 1 ? " worker" : " workers"));
  }

  @Override
  public void waiting(String reason) {
    standing.is(Phase.WAITING, reason);
    say(Kind.WAITING, Math.max(standing.now().round(), underWay), reason);
  }

  @Override
  public void warned(String warning) {
    say(Kind.WARNING, warning);
  }

  @Override
  public void planned(Plan plan) {
    workers.planned(plan);
  }

  @Override
  public void roundBegan(int version, long now) {
    underWay = version + 1;
    clock.began(version, now);
    shardTable.roundBegan(version);
    sampler.ifPresent(steps -> steps.roundBegan(now));
  }

  @Override
  public void arrived(WorkerId worker, int version, int part, long now) {
    clock.arrived(worker, version, part, now);
  }

  @Override
  public void reduced(long nanos) {
    totals.add(Count.REDUCED, 1);
    totals.add(Count.REDUCE_NANOS, nanos);
  }

  @Override
  public void dropped(WorkerId worker) {
    totals.add(Count.DROPPED, 1);
  }

  @Override
  public void stepping(RoundBoard board, List<Integer> chunks) {
    sampler.ifPresent(steps -> steps.before(c -> board.slot(c, 0), board.chunks(), chunks));
  }

  @Override
  public void stepped(RoundBoard board, List<Integer> chunks, long nanos) {
    totals.add(Count.STEPPED, chunks.size());
    totals.add(Count.STEP_NANOS, nanos);
    sampler.ifPresent(steps -> steps.after(c -> board.slot(c, 0), board.chunks(), chunks));
    if (shards > 1) {
      shardTable.ownStepped(nanoTime.getAsLong());
    }
  }

  @Override
  public void roundEnded(int version, long now) {
    RoundTime took = clock.ended(now);
    totals.round(took);
    workers.lagged(clock.lags());
    double flipped =
        sampler
            .flatMap(steps -> steps.roundEnded(version))
            .map(StepFigures::flips)
            .orElse(Double.NaN);
    standing.roundEnded(took, flipped);
  }

  @Override
  public void measured(Measurement measurement) {
    standing.measured(measurement);
  }

  @Override
  public void moved(int version, Map<WorkerId, Integer> partitions) {
    totals.add(Count.MOVED, partitions.values().stream().mapToInt(count -> count).sum());
    say(Kind.LEASES, version + 1, Events.moved(version + 1, partitions));
  }

  @Override
  public void leftOut(WorkerId worker, boolean isSilent) {
    workers.is(worker, isSilent ? Figures.WorkerRow.State.SILENT : Figures.WorkerRow.State.STUCK);
  }

  @Override
  public void isBack(WorkerId worker) {
    workers.is(worker, Figures.WorkerRow.State.WORKING);
  }

  @Override
  public void healed(WorkerId worker) {
    totals.add(Count.HEALED, 1);
    say(Kind.HEALED, worker + ": a chunk of its replica differed; sending it the state");
  }

  @Override
  public void kept(int version) {
    standing.kept(version, nanoTime.getAsLong());
    say(Kind.CHECKPOINT, version, "checkpoint of round " + version);
  }

  @Override
  public void shardStands(int shard, int version, long now) {
    shardTable.stands(shard, version, now);
  }

  @Override
  public void shardLost(int shard) {
    shardTable.lost(shard);
    say(Kind.LEFT, "shard " + shard + " is gone");
  }

  @Override
  public Outcome ended(
      Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
    Phase how =
        outcome instanceof Outcome.Completed
            ? Phase.COMPLETED
            : outcome instanceof Outcome.Failed ? Phase.FAILED : Phase.INTERRUPTED;
    standing.is(how, outcome.message());
    workers.end();
    say(Kind.ENDED, version, outcome.message());
    atTheEnd.forEach(Runnable::run);
    return outcome;
  }

  private void say(Kind kind, String text) {
    say(kind, standing.now().round(), text);
  }

  private void say(Kind kind, int round, String text) {
    events.add(kind, round, text);
  }
}
