package io.cordee.server.web;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import io.cordee.common.job.Job;
import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Mode;
import io.cordee.common.job.Patience;
import io.cordee.common.job.StopConditions;
import io.cordee.common.measure.Metric;
import io.cordee.common.run.Measure;
import io.cordee.server.observe.Curve;
import io.cordee.server.observe.Event;
import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Observation;
import io.cordee.server.observe.RoundTime;
import io.cordee.server.observe.StepFigures;
import io.cordee.server.observe.Totals;
import io.cordee.server.observe.Totals.Count;
import io.cordee.server.observe.Traffic;
import io.cordee.server.observe.Traffic.Direction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What is observed, as the page reads it: {@link Figures} of the team as they are, other times in
 * milliseconds, rates per second; numbers to seven digits, null for what is not finite.
 */
final class StateJson {

  private static final Gson GSON =
      new GsonBuilder()
          .serializeNulls()
          .disableHtmlEscaping()
          .registerTypeAdapter(Double.class, (JsonSerializer<Double>) (v, t, c) -> number(v))
          .registerTypeAdapter(double.class, (JsonSerializer<Double>) (v, t, c) -> number(v))
          .registerTypeHierarchyAdapter(
              Optional.class,
              (JsonSerializer<Optional<?>>) (v, t, c) -> c.serialize(v.orElse(null)))
          .registerTypeHierarchyAdapter(
              Enum.class,
              (JsonSerializer<Enum<?>>)
                  (v, t, c) -> new JsonPrimitive(v.name().toLowerCase(Locale.ROOT)))
          .create();

  private static final List<Measure> ACCURACIES =
      List.of(Measure.TRAIN_ACCURACY, Measure.VALIDATION_ACCURACY, Measure.TEST_ACCURACY);

  /** Of each point of the curves, behind its round. */
  private static final List<Measure> FIGURES =
      List.of(
          Measure.SECONDS,
          Measure.LOSS,
          Measure.TRAIN_ACCURACY,
          Measure.VALIDATION_LOSS,
          Measure.VALIDATION_ACCURACY,
          Measure.TEST_LOSS,
          Measure.TEST_ACCURACY);

  private static JsonElement number(double value) {
    float rounded = (float) value;
    if (!Float.isFinite(rounded)) {
      return JsonNull.INSTANCE;
    }
    return rounded == (long) rounded
        ? new JsonPrimitive((long) rounded)
        : new JsonPrimitive(rounded);
  }

  /** A JSON object, as short as it can be. */
  private static final class Fields extends LinkedHashMap<String, Object> {
    Fields with(String name, Object value) {
      put(name, value);
      return this;
    }
  }

  private final Observation observation;

  StateJson(Observation observation) {
    this.observation = observation;
  }

  String everything() {
    Fields all = new Fields().with("job", job());
    return text(all, observation.curveFrom(0), observation.eventsAfter(0));
  }

  /** What is new since a point of the curves, with that point, and since an event. */
  String news(Curve curve, List<Event> events) {
    return text(new Fields(), curve, events);
  }

  private String text(Fields fields, Curve curve, List<Event> events) {
    now(fields);
    fields
        .with("stride", curve.stride())
        .with("points", curve.points().stream().map(this::point).toList())
        .with("events", events);
    return GSON.toJson(fields);
  }

  private Fields job() {
    Job job = observation.job();
    return new Fields()
        .with("name", job.name())
        .with("began", observation.began())
        .with("optimizer", job.optimizer().name())
        .with("isAsync", job.mode() instanceof Mode.Async)
        .with("parameters", job.model().layout().parameters())
        .with("partitions", job.partitions())
        .with("local", job.local().map(LocalSteps::text).orElse(null))
        .with("hasAccuracy", hasAccuracy())
        .with("metrics", job.metrics().stream().map(Metric::title).toList())
        .with("hasValidation", job.data().hasValidation())
        .with("hasTest", job.data().hasTest())
        .with("monitor", job.stop().monitor().column())
        .with(
            "patience", // in rounds; of batches only the coordinator knows how many an epoch has
            job.stop()
                .patience()
                .filter(it -> it.areRounds() || job.rowsPerRound().isEmpty())
                .map(Patience::count)
                .orElse(null))
        .with("shards", observation.shards())
        .with("model", job.model().summary());
  }

  private void now(Fields fields) {
    Figures now = observation.figures();
    Figures.Progress progress = now.progress();
    Figures.Rates rates = now.rates();
    fields
        .with("phase", progress.phase())
        .with("note", progress.note())
        .with("round", progress.round())
        .with("rounds", progress.rounds() == StopConditions.UNBOUNDED ? null : progress.rounds())
        .with("seconds", progress.latest().seconds())
        .with(
            "rate",
            observation
                .job()
                .optimizer()
                .learningRate(Math.max(1, progress.round()))
                .orElse(Double.NaN))
        .with("loss", progress.latest().value(Measure.LOSS))
        .with("train", progress.latest().value(Measure.TRAIN_ACCURACY))
        .with("validation", figure(progress, Measure.VALIDATION_ACCURACY, Measure.VALIDATION_LOSS))
        .with("test", figure(progress, Measure.TEST_ACCURACY, Measure.TEST_LOSS))
        .with(
            "best",
            progress
                .best()
                .map(best -> new Fields().with("round", best.round()).with("figure", best.figure()))
                .orElse(null))
        .with("pace", rates.rounds())
        .with("split", millis(rates.split()))
        .with("busy", List.of(rates.reduceNanos() / 1e6, rates.stepNanos() / 1e6))
        .with("received", rates.received())
        .with("sent", rates.sent())
        .with("counts", counts())
        .with("checkpoint", now.checkpoint())
        .with("workers", now.workers())
        .with("shards", now.shards())
        .with("gathering", now.gathering())
        .with("steps", now.steps().map(StateJson::steps).orElse(null));
  }

  /** The accuracy, or the loss where there is none. */
  private double figure(Figures.Progress progress, Measure accuracy, Measure loss) {
    return progress.latest().value(hasAccuracy() ? accuracy : loss);
  }

  /** As far as can be told: a gradient function may turn out not to count correct rows. */
  private boolean hasAccuracy() {
    Set<Measure> measured = observation.figures().progress().latest().values().keySet();
    return measured.contains(Measure.LOSS)
        ? measured.stream().anyMatch(ACCURACIES::contains)
        : observation.job().hasLabels();
  }

  private Fields counts() {
    Totals totals = observation.totals();
    Traffic traffic = observation.traffic();
    return new Fields()
        .with("in", traffic.bytes(Direction.IN))
        .with("out", traffic.bytes(Direction.OUT))
        .with("moved", totals.of(Count.MOVED))
        .with("dropped", totals.of(Count.DROPPED))
        .with("healed", totals.of(Count.HEALED))
        .with("reconnects", totals.of(Count.RECONNECTED))
        .with("waiting", traffic.waiting());
  }

  private static List<Double> millis(RoundTime split) {
    return List.of(
        split.compute() / 1e6, split.waiting() / 1e6, split.wire() / 1e6, split.step() / 1e6);
  }

  private static Fields steps(StepFigures steps) {
    return new Fields()
        .with("round", steps.round())
        .with("least", StepFigures.LEAST)
        .with("bins", steps.bins())
        .with("layers", steps.layers());
  }

  /** Behind the times of its rounds, it has the metrics of the rows that decide. */
  private List<Number> point(Curve.Point point) {
    List<Number> values = new ArrayList<>(List.of(point.round()));
    FIGURES.forEach(measure -> values.add(point.row().value(measure)));
    values.add(point.flips());
    values.addAll(millis(point.split()));
    Job job = observation.job();
    List<Measure> metrics =
        job.metrics().stream()
            .map(it -> job.data().hasValidation() ? Measure.validation(it) : Measure.test(it))
            .toList();
    if (metrics.stream().anyMatch(point.row().values()::containsKey)) {
      metrics.forEach(measure -> values.add(point.row().value(measure)));
    }
    return values;
  }
}
