package io.cordee.server.web;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** Registers Prometheus metrics whose values are read when they are scraped. */
final class Meters {

  static final String TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

  byte[] scrape() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toByteArray();
  }

  /** Takes the value of a metric now, with a text for each of its labels. */
  @FunctionalInterface
  interface Sink {
    void put(double value, String... labels);
  }

  /** One that only grows; {@code _total} is put behind its name. */
  void counter(String name, String help, LongSupplier value) {
    counters(name, help, to -> to.put(value.getAsLong()));
  }

  void counters(String name, String help, Consumer<Sink> values, String... labels) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(call -> values.accept(call::call))
        .register(registry);
  }

  void gauge(String name, String help, DoubleSupplier value) {
    gauges(name, help, to -> to.put(value.getAsDouble()));
  }

  /** A value that is NaN is left out. */
  void gauges(String name, String help, Consumer<Sink> values, String... labels) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(
            call ->
                values.accept(
                    (value, texts) -> {
                      if (!Double.isNaN(value)) {
                        call.call(value, texts);
                      }
                    }))
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
