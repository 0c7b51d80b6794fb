package io.cordee.server.web;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** Metrics that are read when they are asked for. */
record Collectors(PrometheusRegistry registry) {

  /** One that only grows; {@code _total} is put behind its name. */
  void counter(String name, String help, LongSupplier value) {
    counters(name, help, call -> call.call(value.getAsLong()));
  }

  void counters(
      String name, String help, Consumer<CounterWithCallback.Callback> values, String... labels) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(values)
        .register(registry);
  }

  /** There is none while it is not a number. */
  void gauge(String name, String help, DoubleSupplier value) {
    gauges(
        name,
        help,
        call -> {
          double now = value.getAsDouble();
          if (!Double.isNaN(now)) {
            call.call(now);
          }
        });
  }

  void gauges(
      String name, String help, Consumer<GaugeWithCallback.Callback> values, String... labels) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(values)
        .register(registry);
  }

  /** How often something was done, and the seconds that it took. */
  void times(String name, String help, LongSupplier count, LongSupplier nanos) {
    SummaryWithCallback.builder()
        .name(name)
        .help(help)
        .unit(Unit.SECONDS)
        .callback(call -> call.call(count.getAsLong(), nanos.getAsLong() / 1e9, Quantiles.EMPTY))
        .register(registry);
  }
}
