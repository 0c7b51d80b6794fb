package io.cordee.server.web;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
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
public final class Meters {

  public static final String TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

  public byte[] scrape() {
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
  public interface Sink {
    void put(double value, String... labels);
  }

  /** One that only grows; {@code _total} is put behind its name. */
  public void counter(String name, String help, LongSupplier value) {
    counters(name, help, to -> to.put(value.getAsLong()));
  }

  public void counters(String name, String help, Consumer<Sink> values, String... labels) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(call -> values.accept(call::call))
        .register(registry);
  }

  public void gauge(String name, String help, DoubleSupplier value) {
    gauges(name, help, to -> to.put(value.getAsDouble()));
  }

  /** A value that is NaN is left out. */
  public void gauges(String name, String help, Consumer<Sink> values, String... labels) {
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

  /** Registers a count of durations by their length, which the caller observes in seconds. */
  public Histogram durations(String name, String help) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .unit(Unit.SECONDS)
        .classicOnly()
        .classicUpperBounds(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10)
        .register(registry);
  }

  /** Registers metrics of the JVM. */
  public void jvm() {
    JvmMetrics.builder().register(registry);
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
