package io.cordee.common.job.file;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Short forms, written out: {@code batch: 256} is {@code batch: {rows: 256}}, {@code rule: adam} is
 * {@code rule: {name: adam}}, below {@code local} too, {@code preprocess: minmax} is {@code
 * preprocess: {scale: minmax}}, {@code data: digits} is the digits to train and to test on, {@code
 * model: {torchscript: m.pt}} is {@code model: {function: torchscript, file: m.pt, parameters:
 * m.safetensors}}, and {@code seed: 4} is the seed of the initial weights and of the order of
 * batches.
 */
final class Shorthands {

  private Shorthands() {}

  private static final String PREPROCESS = "preprocess";
  static final String TORCHSCRIPT = "torchscript";
  private static final String SEED = "seed";
  private static final String RULE = "rule";

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
    if (job.value("data").orElse(null) instanceof Yaml.Mapping data
        && data.value(PREPROCESS).orElse(null) instanceof Yaml.Scalar scale
        && !scale.isNull()) {
      Yaml written = mapping(scale.place(), Map.of("scale", scale));
      expanded = replace(expanded, "data", replace(data, PREPROCESS, written));
    }
    if (job.value("model").orElse(null) instanceof Yaml.Mapping model
        && model.value(TORCHSCRIPT).orElse(null) instanceof Yaml.Scalar file) {
      expanded = replace(expanded, "model", torchScript(model, file));
    }
    if (job.value("local").orElse(null) instanceof Yaml.Mapping local) {
      expanded = replace(expanded, "local", expandRule(local));
    }
    return expandRule(expanded);
  }

  static Yaml.Mapping expandRule(Yaml.Mapping section) {
    return section.value(RULE).orElse(null) instanceof Yaml.Scalar name
        ? replace(section, RULE, mapping(name.place(), Map.of(RuleForm.NAME, name)))
        : section;
  }

  /** The function of that name, of this file; its first weights lie beside it. */
  private static Yaml.Mapping torchScript(Yaml.Mapping model, Yaml.Scalar file) {
    Map<String, Yaml> parts = new LinkedHashMap<>();
    parts.put(ModelForm.FUNCTION, new Yaml.Scalar(file.place(), TORCHSCRIPT, true));
    parts.put(ModelForm.FILE, file);
    String weights = file.text().replaceFirst("\\.pt$", "") + ".safetensors";
    parts.put(ModelForm.PARAMETERS, new Yaml.Scalar(file.place(), weights, false));
    Yaml.Mapping expanded = model.without(TORCHSCRIPT);
    for (Map.Entry<String, Yaml> part : parts.entrySet()) {
      boolean isReplaced =
          file.place() instanceof Place.Setting
              && expanded.value(part.getKey()).stream()
                  .allMatch(own -> own.place() instanceof Place.Line);
      if (isReplaced || expanded.value(part.getKey()).isEmpty()) {
        expanded = expanded.with(part.getKey(), new Yaml.Entry(file.place(), part.getValue()));
      }
    }
    return expanded;
  }

  /** The same for the seed, once all else that is said of the job is in its place. */
  static Yaml.Mapping expandSeed(Yaml.Mapping job) {
    Yaml.Entry seed = job.entries().get(SEED);
    if (seed == null) {
      return job;
    }
    Yaml.Mapping expanded = job.without(SEED);
    if (seed.value().isNull()) {
      return expanded;
    }
    if (job.value("model").orElse(null) instanceof Yaml.Mapping model
        && (model.value(ModelForm.PARAMETERS).isPresent()
            || model.value(ModelForm.FUNCTION).isPresent())) {
      expanded = replace(expanded, "model", seeded(model, seed));
    } else if (job.value("model").orElse(null) instanceof Yaml.Mapping model) {
      Yaml init = model.value("init").orElse(mapping(seed.keyPlace(), Map.of()));
      if (init instanceof Yaml.Mapping mapping) {
        Yaml.Entry seeded = new Yaml.Entry(seed.keyPlace(), seeded(mapping, seed));
        expanded = replace(expanded, "model", model.with("init", seeded));
      }
    }
    if (job.value("batch").orElse(null) instanceof Yaml.Mapping batch) {
      expanded = replace(expanded, "batch", seeded(batch, seed));
    }
    return expanded;
  }

  /** A seed of its own comes first, unless it stands in the file and the other beside it. */
  private static Yaml.Mapping seeded(Yaml.Mapping section, Yaml.Entry seed) {
    Yaml.Entry own = section.entries().get(SEED);
    boolean isReplaced =
        own == null
            || own.keyPlace() instanceof Place.Line && seed.keyPlace() instanceof Place.Setting;
    return isReplaced ? section.with(SEED, seed) : section;
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
