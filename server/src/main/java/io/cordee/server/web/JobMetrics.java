package io.cordee.server.web;

import io.cordee.common.model.Layout;
import io.cordee.server.observe.Checkpointed;
import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Observation;
import io.cordee.server.observe.Split;
import io.cordee.server.observe.StepFigures;
import io.cordee.server.observe.Totals;
import io.cordee.server.observe.Totals.Count;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Consumer;

/** How far the job is, and where its time goes. */
final class JobMetrics {

  private JobMetrics() {}

  static void register(Observation observation, Latest latest, PrometheusRegistry registry) {
    Info.builder()
        .name("cordee_job_info")
        .help("The job being trained.")
        .labelNames("job", "rule")
        .register(registry)
        .setLabelValues(observation.job().name(), observation.job().rule().name());
    Collectors collectors = new Collectors(registry);
    progress(observation, latest, collectors);
    time(observation.totals(), collectors);
    events(observation.totals(), collectors);
    checkpoint(latest, collectors);
    rprop(latest, collectors);
  }

  private static void progress(Observation observation, Latest latest, Collectors collectors) {
    collectors.gauge(
        "cordee_parameters",
        "Parameters of the model.",
        () -> Layout.of(observation.job().model()).parameters());
    collectors.gauge(
        "cordee_round",
        "Completed rounds of the current weights; falls back when a job is resumed.",
        () -> latest.figures().progress().round());
    collectors.gauge(
        "cordee_loss",
        "Mean training loss at the last measured weights.",
        () -> latest.figures().progress().loss());
    collectors.gauges(
        "cordee_accuracy_ratio",
        "Share of rows classified correctly: training rows of the round, test rows when last evaluated.",
        call -> {
          Figures.Progress now = latest.figures().progress();
          put(call, now.train(), "train");
          put(call, now.test(), "test");
        },
        "rows");
  }

  private static void time(Totals totals, Collectors collectors) {
    collectors.counter("cordee_rounds", "Rounds completed by this process.", totals::rounds);
    collectors.counters(
        "cordee_round_part_seconds",
        "Time of rounds by part: compute, wait, wire and step add up to the rounds' duration.",
        call -> {
          Split split = totals.split();
          call.call(split.compute() / 1e9, "compute");
          call.call(split.waiting() / 1e9, "wait");
          call.call(split.wire() / 1e9, "wire");
          call.call(split.step() / 1e9, "step");
        },
        "part");
    collectors.times(
        "cordee_reduce_seconds",
        "Contributions added up, and the thread time spent on them.",
        () -> totals.of(Count.REDUCED),
        () -> totals.of(Count.REDUCE_NANOS));
    collectors.times(
        "cordee_step_seconds",
        "Chunks stepped, and the thread time spent on them.",
        () -> totals.of(Count.STEPPED),
        () -> totals.of(Count.STEP_NANOS));
  }

  private static void events(Totals totals, Collectors collectors) {
    collectors.counter(
        "cordee_leases_moved",
        "Partitions leased to workers other than planned.",
        () -> totals.of(Count.MOVED));
    collectors.counter(
        "cordee_duplicates_dropped",
        "Contributions dropped because their partitions were already covered.",
        () -> totals.of(Count.DROPPED));
    collectors.counter(
        "cordee_worker_reconnects",
        "Workers that reconnected under the same name.",
        () -> totals.of(Count.RECONNECTED));
    collectors.counter(
        "cordee_workers_lost",
        "Workers that left before the job was over.",
        () -> totals.of(Count.LOST));
    collectors.counter(
        "cordee_chunks_healed",
        "Chunks of workers' replicas that differed and were sent again.",
        () -> totals.of(Count.HEALED));
  }

  private static void checkpoint(Latest latest, Collectors collectors) {
    collectors.gauge(
        "cordee_checkpoint_age_seconds",
        "Time since the last checkpoint was complete on disk; absent before the first.",
        () -> latest.figures().checkpoint().map(kept -> kept.ageNanos() / 1e9).orElse(Double.NaN));
    collectors.gauge(
        "cordee_checkpoint_round",
        "The round of the last checkpoint.",
        () ->
            latest
                .figures()
                .checkpoint()
                .map(Checkpointed::round)
                .map(Integer::doubleValue)
                .orElse(Double.NaN));
  }

  private static void rprop(Latest latest, Collectors collectors) {
    collectors.gauges(
        "cordee_rprop_flips_ratio",
        "Share of a layer's parameters whose step size shrank as the derivative's sign flipped.",
        call -> layers(latest, layer -> put(call, layer.flips(), layer.name())),
        "layer");
    collectors.gauges(
        "cordee_rprop_step_size",
        "The median step size of a layer, to within a factor of the square root of 2.",
        call -> layers(latest, layer -> put(call, layer.median(), layer.name())),
        "layer");
  }

  private static void layers(Latest latest, Consumer<StepFigures.Layer> action) {
    latest.figures().steps().ifPresent(steps -> steps.layers().forEach(action));
  }

  private static void put(GaugeWithCallback.Callback call, double value, String label) {
    if (!Double.isNaN(value)) {
      call.call(value, label);
    }
  }
}
