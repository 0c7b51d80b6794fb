package io.cordee.common.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A mapping of the job being read, key by key.
 *
 * <p>A value that is missing or wrong is reported, and something of its type stands in for it, so
 * that the reading goes on to the next problem; {@link #build} makes nothing of such a section. A
 * key whose value is null counts as not given.
 */
final class Section {

  private final Place place;
  private final String path;
  private final Yaml.Mapping mapping;
  private final Problems problems;
  private final int problemsBefore;

  /**
   * @param place where its key was written
   * @param path its key with those above it, empty for the whole job
   */
  Section(Place place, String path, Yaml.Mapping mapping, Problems problems) {
    this.place = place;
    this.path = path;
    this.mapping = mapping;
    this.problems = problems;
    this.problemsBefore = problems.count();
  }

  /** The path of a key below another path. */
  static String join(String path, String key) {
    String shown = key.matches("[\\p{L}\\p{N}_+-]{1,60}") ? key : Quote.of(key);
    return path.isEmpty() ? shown : path + "." + shown;
  }

  /** What {@code make} makes; nothing if the section has problems or {@code make} refuses. */
  <T> Optional<T> build(Supplier<T> make) {
    return problems.count() == problemsBefore
        ? problems.attempt(place, path, make)
        : Optional.empty();
  }

  /** Reports the keys that are not among these. */
  void allow(List<String> keys) {
    allow(keys, key -> Optional.empty());
  }

  /**
   * Reports the keys that are not among these.
   *
   * @param elsewhere where a key would be right, if anywhere
   */
  void allow(List<String> keys, Function<String, Optional<String>> elsewhere) {
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!keys.contains(key)) {
                problems.add(
                    entry.keyPlace(),
                    join(path, key),
                    "unknown key%s (expected: %s)"
                        .formatted(
                            didYouMean(elsewhere.apply(key).or(() -> Nearest.to(key, keys))),
                            String.join(", ", keys)));
              }
            });
  }

  boolean has(String key) {
    return value(key).isPresent();
  }

  /** The value of a key, if it is given and not null. */
  Optional<Yaml> value(String key) {
    return mapping.value(key);
  }

  /**
   * Reports a problem with the value of a key, or with its absence.
   *
   * @param keys the key, after those above it if it is further down
   */
  void problem(String text, String... keys) {
    Place at = place;
    String below = path;
    Yaml value = mapping;
    for (String key : keys) {
      below = join(below, key);
      if (value instanceof Yaml.Mapping inner && inner.value(key).isPresent()) {
        value = inner.value(key).get();
        at = value instanceof Yaml.Mapping ? inner.entries().get(key).keyPlace() : value.place();
      }
    }
    problems.add(at, below, text);
  }

  /** What {@code make} makes; if it refuses, that is a problem with this key. */
  <T> Optional<T> attempt(String key, Supplier<T> make) {
    return problems.attempt(value(key).map(Yaml::place).orElse(place), join(path, key), make);
  }

  /** Reports that the value of a key is not what it should be, or that there is none. */
  void mismatch(String key, String expected) {
    problem(
        value(key)
            .map(found -> "expected " + expected + "; found " + found.description())
            .orElse("missing; expected " + expected),
        key);
  }

  /** The value of a key, if it is given. */
  <T> Optional<T> find(String key, Expected<T> expected) {
    return value(key).flatMap(found -> read(found, join(path, key), expected));
  }

  /** The value of a key, if it is given, or else the fallback. */
  <T> T get(String key, Expected<T> expected, T fallback) {
    return find(key, expected).orElse(fallback);
  }

  /** The value of a key that has to be given. */
  <T> Optional<T> require(String key, Expected<T> expected) {
    if (!has(key)) {
      mismatch(key, expected.words());
    }
    return find(key, expected);
  }

  /**
   * The items of a list, those of them that are as expected.
   *
   * @param words what the list is, for messages
   */
  <T> List<T> list(String key, int atLeast, String words, Expected<T> expected) {
    List<T> items = new ArrayList<>();
    if (value(key).orElse(null) instanceof Yaml.Items list && list.items().size() >= atLeast) {
      for (int i = 0; i < list.items().size(); i++) {
        String name = join(path, key) + "[" + i + "]";
        read(list.items().get(i), name, expected).ifPresent(items::add);
      }
    } else {
      mismatch(key, words);
    }
    return items;
  }

  /**
   * The mapping at a key that has to be given.
   *
   * @param expected what it is, for messages
   */
  Optional<Section> section(String key, String expected) {
    if (value(key).orElse(null) instanceof Yaml.Mapping inner) {
      Place at = mapping.entries().get(key).keyPlace();
      return Optional.of(new Section(at, join(path, key), inner, problems));
    }
    mismatch(key, expected);
    return Optional.empty();
  }

  /** The mapping at a key; if it is not given, an empty one. */
  Optional<Section> sectionOrEmpty(String key, String expected) {
    Yaml.Mapping none = new Yaml.Mapping(place, Map.of());
    return has(key)
        ? section(key, expected)
        : Optional.of(new Section(place, join(path, key), none, problems));
  }

  private <T> Optional<T> read(Yaml found, String name, Expected<T> expected) {
    Optional<T> value =
        found instanceof Yaml.Scalar scalar && !found.isNull()
            ? expected.read(scalar)
            : Optional.empty();
    if (value.isEmpty()) {
      String meant =
          found instanceof Yaml.Scalar scalar
              ? didYouMean(Nearest.to(scalar.text(), expected.choices()))
              : "";
      problems.add(
          found.place(),
          name,
          "expected " + expected.words(found) + "; found " + found.description() + meant);
    }
    return value;
  }

  private static String didYouMean(Optional<String> meant) {
    return meant.map(word -> "; did you mean " + Quote.of(word) + "?").orElse("");
  }
}
