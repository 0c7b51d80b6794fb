package io.cordee.server.web;

import io.cordee.common.job.Job;
import io.cordee.common.run.Measure;
import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Observation;
import io.cordee.server.observe.RoundTime;
import io.cordee.server.observe.StepFigures;
import io.cordee.server.observe.Totals;
import io.cordee.server.observe.Totals.Count;
import io.cordee.server.observe.Traffic;
import io.cordee.server.observe.Traffic.Direction;
import io.cordee.server.observe.Traffic.Encoding;
import io.prometheus.metrics.core.metrics.Info;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Figures for Prometheus: of a job, of the traffic between this process and the workers, and of the
 * JVM. Nothing is counted here: values are read where they are counted.
 */
public final class Metrics {

  static final String TYPE = Meters.TYPE;

  private static final List<Encoding> UP =
      List.of(Encoding.FLOAT32, Encoding.BFLOAT16, Encoding.INT8);
  private static final List<Encoding> DOWN =
      List.of(Encoding.FLOAT32, Encoding.SIGNS, Encoding.STATE);

  private final Meters meters = new Meters();
  private final Optional<Observation> observation;

  /** Of the job when a scrape began, so that all of it is of one moment. */
  private Optional<Figures> figures = Optional.empty();

  private Metrics(Traffic traffic, Optional<Observation> observation) {
    this.observation = observation;
    traffic(traffic);
    meters.jvm();
    observation.ifPresent(this::job);
  }

  /** Of a server, or of shard 0. */
  public static Metrics of(Observation observation) {
    return new Metrics(observation.traffic(), Optional.of(observation));
  }

  /** Of a shard that does not lead: it knows only the traffic that passes through it. */
  public static Metrics of(Traffic traffic) {
    return new Metrics(traffic, Optional.empty());
  }

  /** One at a time, each of one moment. */
  synchronized byte[] scrape() {
    figures = observation.map(Observation::figures);
    return meters.scrape();
  }

  // ---- what there is ----

  private void traffic(Traffic traffic) {
    meters.counters(
        "cordee_wire_bytes",
        "Bytes of chunks, without headers, by direction as seen from the server, and encoding.",
        to -> {
          UP.forEach(e -> to.put(traffic.bytes(Direction.IN, e), "in", word(e)));
          DOWN.forEach(e -> to.put(traffic.bytes(Direction.OUT, e), "out", word(e)));
        },
        "direction",
        "encoding");
    meters.counter(
        "cordee_contributions", "Chunks of gradient sums received.", traffic::contributions);
    meters.counter("cordee_rows", "Training rows whose gradients were received.", traffic::rows);
    meters.gauge(
        "cordee_send_queue_messages", "Messages queued for all workers.", traffic::waiting);
  }

  private static String word(Encoding encoding) {
    return encoding.name().toLowerCase(Locale.ROOT);
  }

  private void job(Observation observed) {
    Job job = observed.job();
    Info.builder()
        .name("cordee_job_info")
        .help("The job being trained.")
        .labelNames("job", "optimizer")
        .register(meters.registry)
        .setLabelValues(job.name(), job.optimizer().name());
    int parameters = job.model().layout().parameters();
    meters.gauge("cordee_parameters", "Parameters of the model.", () -> parameters);
    progress();
    time(observed.totals());
    events(observed.totals());
    workers();
    shards();
  }

  private void progress() {
    meters.gauge(
        "cordee_round",
        "Completed rounds of the current weights; falls back when a job is resumed.",
        () -> now().progress().round());
    meters.gauge(
        "cordee_loss",
        "Mean training loss at the last measured weights.",
        () -> latest(Measure.LOSS));
    meters.gauges(
        "cordee_evaluated_loss",
        "Mean loss of the validation and test rows when last evaluated.",
        to -> {
          to.put(latest(Measure.VALIDATION_LOSS), "validation");
          to.put(latest(Measure.TEST_LOSS), "test");
        },
        "rows");
    meters.gauges(
        "cordee_accuracy_ratio",
        "Share of rows classified correctly: training rows of the round, validation and test rows"
            + " when last evaluated.",
        to -> {
          to.put(latest(Measure.TRAIN_ACCURACY), "train");
          to.put(latest(Measure.VALIDATION_ACCURACY), "validation");
          to.put(latest(Measure.TEST_ACCURACY), "test");
        },
        "rows");
    meters.gauges(
        "cordee_checkpoint_age_seconds",
        "Time since the last checkpoint was complete on disk; absent before the first.",
        to -> now().checkpoint().ifPresent(kept -> to.put(kept.ageNanos() / 1e9)));
    meters.gauges(
        "cordee_checkpoint_round",
        "The round of the last checkpoint.",
        to -> now().checkpoint().ifPresent(kept -> to.put(kept.round())));
    layers(
        "cordee_rprop_flips_ratio",
        "Share of a layer's parameters whose step size shrank as the derivative's sign flipped.",
        StepFigures.Layer::flips);
    layers(
        "cordee_rprop_step_size",
        "The median step size of a layer, to within a factor of the square root of 2.",
        StepFigures.Layer::median);
  }

  private void layers(String name, String help, ToDoubleFunction<StepFigures.Layer> value) {
    meters.gauges(
        name,
        help,
        to ->
            now().steps().stream()
                .flatMap(steps -> steps.layers().stream())
                .forEach(layer -> to.put(value.applyAsDouble(layer), layer.name())),
        "layer");
  }

  private void time(Totals totals) {
    meters.counter("cordee_rounds", "Rounds completed by this process.", totals::rounds);
    meters.counters(
        "cordee_round_part_seconds",
        "Time of rounds by part: compute, wait, wire and step add up to the rounds' duration.",
        to -> {
          RoundTime split = totals.split();
          to.put(split.compute() / 1e9, "compute");
          to.put(split.waiting() / 1e9, "wait");
          to.put(split.wire() / 1e9, "wire");
          to.put(split.step() / 1e9, "step");
        },
        "part");
    meters.times(
        "cordee_reduce_seconds",
        "Contributions added up, and the thread time spent on them.",
        () -> totals.of(Count.REDUCED),
        () -> totals.of(Count.REDUCE_NANOS));
    meters.times(
        "cordee_step_seconds",
        "Chunks stepped, and the thread time spent on them.",
        () -> totals.of(Count.STEPPED),
        () -> totals.of(Count.STEP_NANOS));
  }

  private void events(Totals totals) {
    meters.counter(
        "cordee_leases_moved",
        "Partitions leased to workers other than planned.",
        () -> totals.of(Count.MOVED));
    meters.counter(
        "cordee_duplicates_dropped",
        "Contributions dropped because their partitions were already covered.",
        () -> totals.of(Count.DROPPED));
    meters.counter(
        "cordee_worker_reconnects",
        "Workers that reconnected under the same name.",
        () -> totals.of(Count.RECONNECTED));
    meters.counter(
        "cordee_workers_lost",
        "Workers that left before the job was over.",
        () -> totals.of(Count.LOST));
    meters.counter(
        "cordee_chunks_healed",
        "Chunks of workers' replicas that differed and were sent again.",
        () -> totals.of(Count.HEALED));
  }

  private void workers() {
    meters.gauge("cordee_workers", "Connected workers.", () -> connected().count());
    meters.gauges(
        "cordee_worker_up",
        "1 if the worker is connected, 0 if it is gone.",
        to -> now().workers().forEach(row -> to.put(row.state().isConnected() ? 1 : 0, row.name())),
        "worker");
    worker(
        "cordee_worker_partitions", "Partitions assigned to it by the plan.", r -> r.partitions());
    worker(
        "cordee_worker_lag_seconds",
        "How far it was behind the first worker in the last round.",
        row -> row.lag() / 1e9);
    worker(
        "cordee_worker_silent_seconds",
        "Time since its last message.",
        row -> row.silentNanos() / 1e9);
    worker("cordee_worker_send_queue_messages", "Messages queued for it.", row -> row.waiting());
    meters.counters(
        "cordee_worker_rows",
        "Training rows whose gradients it has sent.",
        to -> connected().forEach(row -> to.put(row.rows(), row.name())),
        "worker");
    meters.counters(
        "cordee_worker_wire_bytes",
        "Bytes of chunks received from it (in) and sent to it (out), without headers.",
        to ->
            connected()
                .forEach(
                    row -> {
                      to.put(row.received(), row.name(), "in");
                      to.put(row.sent(), row.name(), "out");
                    }),
        "worker",
        "direction");
  }

  private void worker(String name, String help, ToDoubleFunction<Figures.WorkerRow> value) {
    meters.gauges(
        name,
        help,
        to -> connected().forEach(row -> to.put(value.applyAsDouble(row), row.name())),
        "worker");
  }

  private Stream<Figures.WorkerRow> connected() {
    return now().workers().stream().filter(row -> row.state().isConnected());
  }

  private void shards() {
    shard("cordee_shard_up", "1 if the shard is connected.", row -> row.isHere() ? 1 : 0);
    shard(
        "cordee_shard_version",
        "The version that all of its chunks have reached.",
        r -> r.version());
    shard(
        "cordee_shard_lag_seconds",
        "How far it was behind shard 0 in the last round.",
        row -> row.lag() / 1e9);
  }

  private void shard(String name, String help, ToDoubleFunction<Figures.ShardRow> value) {
    meters.gauges(
        name,
        help,
        to ->
            now()
                .shards()
                .forEach(row -> to.put(value.applyAsDouble(row), String.valueOf(row.number()))),
        "shard");
  }

  private double latest(Measure measure) {
    return now().progress().latest().value(measure);
  }

  private Figures now() {
    return figures.orElseThrow();
  }
}
