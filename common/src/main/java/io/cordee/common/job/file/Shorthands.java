package io.cordee.common.job.file;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Short forms, written out: {@code batch: 256} is {@code batch: {rows: 256}}, {@code optimizer:
 * adam} is {@code optimizer: {name: adam}}, below {@code local} too, {@code preprocess: minmax} is
 * {@code preprocess: {scale: minmax}}, {@code data: digits} is the digits to train and to test on,
 * and {@code seed: 4} is the seed of the initial weights and of the order of batches.
 */
final class Shorthands {

  private Shorthands() {}

  private static final String SEED = "seed";

  static Yaml.Mapping expand(Yaml.Mapping job) {
    return expandOptimizer(job)
        .change("batch", rows -> isWhole(rows) ? mapping(rows.place(), Map.of("rows", rows)) : rows)
        .change("data", source -> source.isWord("digits") ? digits(source) : source)
        .within("data", data -> data.change("preprocess", scale -> named("scale", scale)))
        .within("local", Shorthands::expandOptimizer);
  }

  static Yaml.Mapping expandOptimizer(Yaml.Mapping section) {
    return section.change("optimizer", name -> named(OptimizerForm.NAME, name));
  }

  private static boolean isWhole(Yaml value) {
    return value instanceof Yaml.Scalar scalar && scalar.asWhole().isPresent();
  }

  /** A word becomes a mapping of this key to it. */
  private static Yaml named(String key, Yaml value) {
    return value instanceof Yaml.Scalar ? mapping(value.place(), Map.of(key, value)) : value;
  }

  private static Yaml digits(Yaml source) {
    Yaml.Mapping digits = mapping(source.place(), Map.of("format", source));
    Map<String, Yaml> parts = new LinkedHashMap<>();
    parts.put("train", digits);
    parts.put("test", digits);
    return mapping(source.place(), parts);
  }

  /** The same for the seed, once all else that is said of the job is in its place. */
  static Yaml.Mapping expandSeed(Yaml.Mapping job) {
    Yaml.Entry seed = job.entries().get(SEED);
    if (seed == null) {
      return job;
    }
    Yaml.Mapping rest = job.without(SEED);
    return seed.value().isNull()
        ? rest
        : rest.within("batch", batch -> seeded(batch, seed))
            .within("model", model -> seededModel(model, seed));
  }

  private static Yaml.Mapping seededModel(Yaml.Mapping model, Yaml.Entry seed) {
    if (model.value(ModelForm.PARAMETERS).isPresent()
        || model.value(ModelForm.FUNCTION).isPresent()) {
      return seeded(model, seed);
    }
    Yaml.Mapping none = mapping(seed.keyPlace(), Map.of());
    Yaml.Mapping whole =
        model.value("init").isPresent()
            ? model
            : model.with("init", new Yaml.Entry(seed.keyPlace(), none));
    return whole.within("init", init -> seeded(init, seed));
  }

  private static Yaml.Mapping seeded(Yaml.Mapping section, Yaml.Entry seed) {
    Optional<Place> own =
        Optional.ofNullable(section.entries().get(SEED)).map(Yaml.Entry::keyPlace);
    return isReplaced(own, seed.keyPlace()) ? section.with(SEED, seed) : section;
  }

  /** What is said at its own place comes first, unless in the file and the other beside it. */
  private static boolean isReplaced(Optional<Place> own, Place other) {
    return own.isEmpty() || own.get() instanceof Place.Line && other instanceof Place.Setting;
  }

  private static Yaml.Mapping mapping(Place place, Map<String, Yaml> values) {
    Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
    values.forEach((key, value) -> entries.put(key, new Yaml.Entry(place, value)));
    return new Yaml.Mapping(place, entries);
  }
}
