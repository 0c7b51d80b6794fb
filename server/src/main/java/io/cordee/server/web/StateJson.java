package io.cordee.server.web;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.cordee.common.job.Job;
import io.cordee.common.job.Mode;
import io.cordee.common.model.Layout;
import io.cordee.server.observe.Checkpointed;
import io.cordee.server.observe.Curve;
import io.cordee.server.observe.Event;
import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Gathering;
import io.cordee.server.observe.Observation;
import io.cordee.server.observe.ShardRow;
import io.cordee.server.observe.Split;
import io.cordee.server.observe.StepFigures;
import io.cordee.server.observe.Totals;
import io.cordee.server.observe.Totals.Count;
import io.cordee.server.observe.Traffic;
import io.cordee.server.observe.Traffic.Direction;
import io.cordee.server.observe.WorkerRow;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What is observed, as the page reads it: times in milliseconds, rates per second. */
final class StateJson {

  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private final Observation observation;

  StateJson(Observation observation) {
    this.observation = observation;
  }

  /** Everything there is. */
  String everything() {
    Json all = new Json().put("job", job());
    return text(all, observation.curveFrom(0), observation.eventsAfter(0));
  }

  /** What is new since a point of the curves, with that point, and since an event. */
  String news(Curve curve, List<Event> events) {
    return text(new Json(), curve, events);
  }

  private String text(Json json, Curve curve, List<Event> events) {
    now(json);
    json.put("stride", curve.stride());
    json.put("points", Json.array(curve.points(), StateJson::point));
    json.put("events", Json.array(events, StateJson::event));
    return GSON.toJson(json.build());
  }

  private JsonObject job() {
    Job job = observation.job();
    return new Json()
        .put("name", job.name())
        .put("began", observation.began())
        .put("rule", job.rule().name())
        .put("isAsync", job.mode() instanceof Mode.Async)
        .put("parameters", Layout.of(job.model()).parameters())
        .put("partitions", job.partitions())
        .put("rounds", job.stop().rounds())
        .put("hasLabels", job.hasLabels())
        .put("shards", observation.shards())
        .put("layers", Json.array(job.model().layers(), JsonPrimitive::new))
        .build();
  }

  private void now(Json json) {
    Figures now = observation.figures();
    Figures.Progress progress = now.progress();
    Figures.Rates rates = now.rates();
    json.put("phase", word(progress.phase()))
        .put("note", progress.note())
        .put("round", progress.round())
        .put("seconds", progress.seconds())
        .put("loss", progress.loss())
        .put("train", progress.train())
        .put("test", progress.test())
        .put("rows", progress.rowsPerSecond().orElse(Double.NaN))
        .put("pace", rates.rounds())
        .put("split", Json.numbers(millis(rates.split())))
        .put("busy", Json.numbers(rates.reduceNanos() / 1e6, rates.stepNanos() / 1e6))
        .put("received", rates.received())
        .put("sent", rates.sent())
        .put("counts", counts())
        .put("checkpoint", orNull(now.checkpoint(), StateJson::checkpoint))
        .put("workers", Json.array(now.workers(), StateJson::worker))
        .put("shards", Json.array(now.shards(), StateJson::shard))
        .put("gathering", orNull(now.gathering(), StateJson::gathering))
        .put("steps", orNull(now.steps(), StateJson::steps));
  }

  private static <T> JsonElement orNull(Optional<T> value, Function<T, JsonElement> json) {
    return value.map(json).orElse(JsonNull.INSTANCE);
  }

  private JsonObject counts() {
    Totals totals = observation.totals();
    Traffic traffic = observation.traffic();
    return new Json()
        .put("in", traffic.bytes(Direction.IN))
        .put("out", traffic.bytes(Direction.OUT))
        .put("moved", totals.of(Count.MOVED))
        .put("dropped", totals.of(Count.DROPPED))
        .put("healed", totals.of(Count.HEALED))
        .put("reconnects", totals.of(Count.RECONNECTED))
        .put("waiting", traffic.waiting())
        .build();
  }

  private static JsonObject checkpoint(Checkpointed kept) {
    return new Json().put("round", kept.round()).put("age", kept.ageNanos() / 1e9).build();
  }

  private static JsonObject gathering(Gathering awaited) {
    return new Json()
        .put("workers", awaited.workers())
        .put("join", awaited.join().orElse(""))
        .build();
  }

  private static double[] millis(Split split) {
    return new double[] {
      split.compute() / 1e6, split.waiting() / 1e6, split.wire() / 1e6, split.step() / 1e6
    };
  }

  private static JsonObject worker(WorkerRow row) {
    return new Json()
        .put("name", row.name())
        .put("state", word(row.state()))
        .put("threads", row.threads())
        .put("partitions", row.partitions())
        .put("rows", Math.rint(row.rowsPerSecond()))
        .put("lag", row.lag() / 1e6)
        .put("round", row.round())
        .put("in", row.received())
        .put("out", row.sent())
        .put("bytes", Math.rint(row.bytesPerSecond()))
        .put("heard", tenths(row.silentNanos()))
        .put("waiting", row.waiting())
        .build();
  }

  private static JsonObject shard(ShardRow row) {
    return new Json()
        .put("number", row.number())
        .put("isHere", row.isHere())
        .put("chunks", row.chunks())
        .put("parameters", row.parameters())
        .put("version", row.version())
        .put("lag", row.lag() / 1e6)
        .put("heard", tenths(row.silentNanos()))
        .build();
  }

  /** In seconds, to a tenth. */
  private static double tenths(long nanos) {
    return Math.rint(nanos / 1e8) / 10;
  }

  private static JsonObject steps(StepFigures steps) {
    return new Json()
        .put("round", steps.round())
        .put("least", StepFigures.LEAST)
        .put("bins", GSON.toJsonTree(steps.bins()))
        .put("layers", Json.array(steps.layers(), StateJson::layer))
        .build();
  }

  private static JsonObject layer(StepFigures.Layer layer) {
    return new Json()
        .put("name", layer.name())
        .put("flips", layer.flips())
        .put("grown", layer.grown())
        .put("median", layer.median())
        .build();
  }

  private static JsonArray point(Curve.Point point) {
    JsonArray values = new JsonArray();
    values.add(point.round());
    values.addAll(
        Json.numbers(point.seconds(), point.loss(), point.train(), point.test(), point.flips()));
    values.addAll(Json.numbers(millis(point.split())));
    return values;
  }

  private static JsonObject event(Event event) {
    return new Json()
        .put("number", event.number())
        .put("time", event.time())
        .put("round", event.round())
        .put("kind", word(event.kind()))
        .put("text", event.text())
        .build();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
