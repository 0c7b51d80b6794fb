package io.cordee.cli.serve;

import io.cordee.server.web.Meters;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Figures of a server of predictions, for Prometheus. Any thread may call. */
final class ServeMetrics {

  private final Meters meters = new Meters();
  private final Map<Integer, LongAdder> answers = new ConcurrentHashMap<>();
  private final LongAdder rows = new LongAdder();
  private final LongAdder loaded = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final Histogram durations;

  ServeMetrics() {
    meters.jvm();
    meters.counters(
        "cordee_serve_requests",
        "Requests answered, by status.",
        to -> answers.forEach((status, count) -> to.put(count.sum(), "" + status)),
        "status");
    meters.counter("cordee_serve_rows", "Rows predicted.", rows::sum);
    meters.counters(
        "cordee_serve_reloads",
        "Changes of the model's file, by whether the new model is served.",
        to -> {
          to.put(loaded.sum(), "loaded");
          to.put(refused.sum(), "refused");
        },
        "result");
    durations =
        meters.durations(
            "cordee_serve_predict",
            "Time from a whole request for predictions to its answer, refusals included.");
  }

  void show(Supplier<ServedModel> model, IntSupplier queued) {
    meters.gauges(
        "cordee_serve_model_info",
        "1 for the model that is served.",
        to -> to.put(1, model.get().jobName(), model.get().sha256()),
        "job",
        "sha256");
    meters.gauge(
        "cordee_serve_queue_requests", "Requests that wait for a thread.", queued::getAsInt);
  }

  void answered(int status) {
    answers.computeIfAbsent(status, first -> new LongAdder()).increment();
  }

  void predicted(int count) {
    rows.add(count);
  }

  void took(long nanos) {
    durations.observe(nanos / 1e9);
  }

  void reloaded(boolean isServed) {
    (isServed ? loaded : refused).increment();
  }

  byte[] scrape() {
    return meters.scrape();
  }
}
