package io.cordee.common.job;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Short forms, written out: {@code batch: 256} is {@code batch: {rows: 256}}, and {@code data:
 * digits} is the digits to train and to test on.
 */
final class Shorthands {

  private Shorthands() {}

  static Yaml.Mapping expand(Yaml.Mapping job) {
    Yaml.Mapping expanded = job;
    if (job.value("batch").orElse(null) instanceof Yaml.Scalar rows && rows.asWhole().isPresent()) {
      expanded = replace(expanded, "batch", mapping(rows.place(), Map.of("rows", rows)));
    }
    if (job.value("data").orElse(null) instanceof Yaml.Scalar source
        && source.text().equals("digits")) {
      Yaml.Mapping digits = mapping(source.place(), Map.of("format", source));
      Map<String, Yaml> parts = new LinkedHashMap<>();
      parts.put("train", digits);
      parts.put("test", digits);
      expanded = replace(expanded, "data", mapping(source.place(), parts));
    }
    return expanded;
  }

  private static Yaml.Mapping replace(Yaml.Mapping job, String key, Yaml value) {
    return job.with(key, new Yaml.Entry(job.entries().get(key).keyPlace(), value));
  }

  private static Yaml.Mapping mapping(Place place, Map<String, Yaml> values) {
    Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
    values.forEach((key, value) -> entries.put(key, new Yaml.Entry(place, value)));
    return new Yaml.Mapping(place, entries);
  }
}
