package io.cordee.server.web;

import io.cordee.common.job.Job;
import io.cordee.common.job.Mode;
import io.cordee.common.model.Layout;
import io.cordee.server.observe.Curve;
import io.cordee.server.observe.Event;
import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Observation;
import io.cordee.server.observe.ShardRow;
import io.cordee.server.observe.Split;
import io.cordee.server.observe.StepFigures;
import io.cordee.server.observe.Totals;
import io.cordee.server.observe.Traffic;
import io.cordee.server.observe.Traffic.Direction;
import io.cordee.server.observe.WorkerRow;
import java.util.List;
import java.util.Locale;

/** What is observed, as the page reads it: times in milliseconds, rates per second. */
final class StateJson {

  private final Observation observation;

  StateJson(Observation observation) {
    this.observation = observation;
  }

  /** Everything there is. */
  String everything() {
    return Json.of(
        json -> {
          json.name("job").object(() -> job(json));
          now(json);
          curve(json, observation.curveFrom(0));
          events(json, observation.eventsAfter(0));
        });
  }

  /** What is new since a point of the curves, with that point, and since an event. */
  String news(Curve curve, List<Event> events) {
    return Json.of(
        json -> {
          now(json);
          curve(json, curve);
          events(json, events);
        });
  }

  private void job(Json json) {
    Job job = observation.job();
    json.name("name").value(job.name());
    json.name("began").value(observation.began());
    json.name("rule").value(job.rule().name());
    json.name("isAsync").value(job.mode() instanceof Mode.Async);
    json.name("parameters").value(Layout.of(job.model()).parameters());
    json.name("partitions").value(job.partitions());
    json.name("rounds").value(job.stop().rounds());
    json.name("hasLabels").value(job.hasLabels());
    json.name("shards").value(observation.shards());
    json.name("layers").array(() -> job.model().layers().forEach(size -> json.value((long) size)));
  }

  private void now(Json json) {
    Figures now = observation.figures();
    json.name("phase").value(now.phase().name().toLowerCase(Locale.ROOT));
    json.name("note").value(now.note());
    json.name("round").value(now.round());
    json.name("seconds").value(now.seconds());
    json.name("loss").value(now.loss());
    json.name("train").value(now.train());
    json.name("test").value(now.test());
    json.name("rows").value(now.rowsPerSecond().orElse(Double.NaN));
    json.name("pace").value(now.roundsPerSecond());
    json.name("split").array(() -> split(json, now.split()));
    json.name("busy")
        .array(
            () -> {
              json.value(now.reduceNanos() / 1e6);
              json.value(now.stepNanos() / 1e6);
            });
    json.name("received").value(now.receivedPerSecond());
    json.name("sent").value(now.sentPerSecond());
    counts(json);
    json.name("checkpoint");
    now.checkpoint()
        .ifPresentOrElse(
            kept ->
                json.object(
                    () -> {
                      json.name("round").value(kept.round());
                      json.name("age").value(kept.ageNanos() / 1e9);
                    }),
            () -> json.value(Double.NaN));
    json.name("workers").array(() -> now.workers().forEach(row -> worker(json, row)));
    json.name("shards").array(() -> now.shards().forEach(row -> shard(json, row)));
    json.name("gathering");
    now.gathering()
        .ifPresentOrElse(
            awaited ->
                json.object(
                    () -> {
                      json.name("workers").value(awaited.workers());
                      json.name("join").value(awaited.join().orElse(""));
                    }),
            () -> json.value(Double.NaN));
    json.name("steps");
    now.steps().ifPresentOrElse(steps -> steps(json, steps), () -> json.value(Double.NaN));
  }

  private void counts(Json json) {
    Totals totals = observation.totals();
    Traffic traffic = observation.traffic();
    json.name("counts")
        .object(
            () -> {
              json.name("in").value(traffic.bytes(Direction.IN));
              json.name("out").value(traffic.bytes(Direction.OUT));
              json.name("moved").value(totals.moved());
              json.name("dropped").value(totals.dropped());
              json.name("healed").value(totals.healed());
              json.name("reconnects").value(totals.reconnects());
              json.name("waiting").value(traffic.waiting());
            });
  }

  private static void split(Json json, Split split) {
    json.value(split.compute() / 1e6);
    json.value(split.waiting() / 1e6);
    json.value(split.wire() / 1e6);
    json.value(split.step() / 1e6);
  }

  private static void worker(Json json, WorkerRow row) {
    json.object(
        () -> {
          json.name("name").value(row.name());
          json.name("state").value(row.state().name().toLowerCase(Locale.ROOT));
          json.name("threads").value(row.threads());
          json.name("partitions").value(row.partitions());
          json.name("rows").value(Math.rint(row.rowsPerSecond()));
          json.name("lag").value(row.lag() / 1e6);
          json.name("round").value(row.round());
          json.name("in").value(row.received());
          json.name("out").value(row.sent());
          json.name("bytes").value(Math.rint(row.bytesPerSecond()));
          json.name("heard").value(Math.rint(row.silentNanos() / 1e8) / 10);
          json.name("waiting").value(row.waiting());
        });
  }

  private static void shard(Json json, ShardRow row) {
    json.object(
        () -> {
          json.name("number").value(row.number());
          json.name("isHere").value(row.isHere());
          json.name("chunks").value(row.chunks());
          json.name("parameters").value(row.parameters());
          json.name("version").value(row.version());
          json.name("lag").value(row.lag() / 1e6);
          json.name("heard").value(Math.rint(row.silentNanos() / 1e8) / 10);
        });
  }

  private static void steps(Json json, StepFigures steps) {
    json.object(
        () -> {
          json.name("round").value(steps.round());
          json.name("least").value(StepFigures.LEAST);
          json.name("bins")
              .array(
                  () -> {
                    for (long count : steps.bins()) {
                      json.value(count);
                    }
                  });
          json.name("layers")
              .array(
                  () ->
                      steps
                          .layers()
                          .forEach(
                              layer ->
                                  json.object(
                                      () -> {
                                        json.name("name").value(layer.name());
                                        json.name("flips").value(layer.flips());
                                        json.name("grown").value(layer.grown());
                                        json.name("median").value(layer.median());
                                      })));
        });
  }

  private static void curve(Json json, Curve curve) {
    json.name("stride").value(curve.stride());
    json.name("points")
        .array(
            () ->
                curve
                    .points()
                    .forEach(
                        point ->
                            json.array(
                                () -> {
                                  json.value(point.round());
                                  json.value(point.seconds());
                                  json.value(point.loss());
                                  json.value(point.train());
                                  json.value(point.test());
                                  json.value(point.flips());
                                  split(json, point.split());
                                })));
  }

  private static void events(Json json, List<Event> events) {
    json.name("events")
        .array(
            () ->
                events.forEach(
                    event ->
                        json.object(
                            () -> {
                              json.name("number").value(event.number());
                              json.name("time").value(event.time());
                              json.name("round").value(event.round());
                              json.name("kind").value(event.kind().name().toLowerCase(Locale.ROOT));
                              json.name("text").value(event.text());
                            })));
  }
}
