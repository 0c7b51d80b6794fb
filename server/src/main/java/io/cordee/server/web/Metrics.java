package io.cordee.server.web;

import io.cordee.server.observe.Observation;
import io.cordee.server.observe.Traffic;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Figures for Prometheus: of a job, of what goes between this process and the workers, and of the
 * Java machine. Nothing is counted here: what is asked for is read where it is counted.
 */
public final class Metrics {

  static final String TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final Optional<Latest> latest;

  private Metrics(Traffic traffic, Optional<Latest> latest) {
    this.latest = latest;
    TrafficMetrics.register(traffic, registry);
    JvmMetrics.builder().register(registry);
  }

  /** Of a server, or of shard 0. */
  public static Metrics of(Observation observation) {
    Latest latest = new Latest(observation);
    Metrics metrics = new Metrics(observation.traffic(), Optional.of(latest));
    JobMetrics.register(observation, latest, metrics.registry);
    TeamMetrics.register(latest, metrics.registry);
    return metrics;
  }

  /** Of a shard that does not lead: it knows nothing of the job but what passes through. */
  public static Metrics of(Traffic traffic) {
    return new Metrics(traffic, Optional.empty());
  }

  /** One at a time, each of one moment. */
  synchronized byte[] scrape() {
    latest.ifPresent(Latest::look);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toByteArray();
  }
}
