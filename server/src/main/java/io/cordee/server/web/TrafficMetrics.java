package io.cordee.server.web;

import io.cordee.server.observe.Encoding;
import io.cordee.server.observe.Traffic;
import io.cordee.server.observe.Traffic.Direction;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Locale;

/** What goes between this process and the workers. */
final class TrafficMetrics {

  private static final List<Encoding> UP =
      List.of(Encoding.FLOAT32, Encoding.BFLOAT16, Encoding.INT8);
  private static final List<Encoding> DOWN =
      List.of(Encoding.FLOAT32, Encoding.SIGNS, Encoding.STATE);

  private TrafficMetrics() {}

  static void register(Traffic traffic, PrometheusRegistry registry) {
    Collectors collectors = new Collectors(registry);
    collectors.counters(
        "cordee_wire_bytes",
        "Bytes of chunks, without headers, by direction as seen from the server, and encoding.",
        call -> {
          UP.forEach(e -> call.call(traffic.bytes(Direction.IN, e), "in", word(e)));
          DOWN.forEach(e -> call.call(traffic.bytes(Direction.OUT, e), "out", word(e)));
        },
        "direction",
        "encoding");
    collectors.counter(
        "cordee_contributions", "Chunks of gradient sums received.", traffic::contributions);
    collectors.counter(
        "cordee_rows", "Training rows whose gradients were received.", traffic::rows);
    collectors.gauge(
        "cordee_send_queue_messages", "Messages queued for all workers.", traffic::waiting);
  }

  private static String word(Encoding encoding) {
    return encoding.name().toLowerCase(Locale.ROOT);
  }
}
