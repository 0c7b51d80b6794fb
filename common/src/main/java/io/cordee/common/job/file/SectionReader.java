package io.cordee.common.job.file;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A mapping of the job being read, key by key.
 *
 * <p>A value that is missing or wrong is reported, and something of its type stands in for it, so
 * that the reading goes on to the next problem; {@link #build} makes nothing of such a section. A
 * key whose value is null counts as not given. What the form has not asked for by then is unknown.
 */
final class SectionReader<S> implements Section<S> {

  /** Keys of earlier versions, and their names now. */
  private static final Map<String, String> RENAMED =
      Map.of(
          "rule", "optimizer",
          "uplink", "compression.gradients",
          "downlink", "compression.weights",
          "check_every", "compression.check_every");

  private final Place place;
  private final String path;
  private final Yaml.Mapping mapping;
  private final Problems problems;
  private final int problemsBefore;

  /** What has been asked for. */
  private final List<String> keys = new ArrayList<>();

  /**
   * @param place where its key was written
   * @param path its key with those above it, empty for the whole job
   */
  SectionReader(Place place, String path, Yaml.Mapping mapping, Problems problems) {
    this.place = place;
    this.path = path;
    this.mapping = mapping;
    this.problems = problems;
    this.problemsBefore = problems.count();
  }

  static String join(String path, String key) {
    String shown = key.matches("[\\p{L}\\p{N}_+-]{1,60}") ? key : Quote.of(key);
    return path.isEmpty() ? shown : path + "." + shown;
  }

  static <T> List<String> keys(Form<T> form) {
    Place nowhere = new Place.Line("", 0);
    Yaml.Mapping empty = new Yaml.Mapping(nowhere, Map.of());
    SectionReader<T> section = new SectionReader<>(nowhere, "", empty, new Problems());
    form.fill(section);
    return section.keys;
  }

  @Override
  public <T> Optional<T> build(Supplier<T> make) {
    reportUnknown();
    return problems.count() == problemsBefore
        ? problems.attempt(place, path, make)
        : Optional.empty();
  }

  /** Before all that is wrong with the known keys. */
  private void reportUnknown() {
    int at = problemsBefore;
    for (Map.Entry<String, Yaml.Entry> entry : mapping.entries().entrySet()) {
      String key = entry.getKey();
      if (!keys.contains(key)) {
        boolean isNew =
            problems.add(
                at,
                entry.getValue().keyPlace(),
                join(path, key),
                "unknown key%s (expected: %s)".formatted(hint(key), String.join(", ", keys)));
        at += isNew ? 1 : 0;
      }
    }
  }

  @Override
  public boolean isMapping(String key, Predicate<S> of) {
    return value(key).orElse(null) instanceof Yaml.Mapping;
  }

  @Override
  public boolean has(String key) {
    return value(key).isPresent();
  }

  private Optional<Yaml> value(String key) {
    if (!keys.contains(key)) {
      keys.add(key);
    }
    return mapping.value(key);
  }

  @Override
  public void problem(String text, String... keys) {
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

  @Override
  public boolean accepts(String key, Supplier<?> make) {
    Place at = mapping.value(key).map(Yaml::place).orElse(place);
    return problems.attempt(at, join(path, key), make).isPresent();
  }

  @Override
  public void needs(String key, Supplier<String> words) {
    if (!has(key)) {
      problem("missing; expected " + words.get(), key);
    }
  }

  private void mismatch(String key, Yaml found, String words) {
    problem("expected " + words + "; found " + found.description(), key);
  }

  @Override
  public <T> Optional<T> find(String key, Expected<T> expected, Function<S, Optional<T>> of) {
    return value(key).flatMap(found -> read(found, join(path, key), expected));
  }

  @Override
  public <T> List<T> list(
      String key, int atLeast, String words, Expected<T> expected, Function<S, List<T>> of) {
    Optional<Yaml> value = value(key);
    List<T> items = new ArrayList<>();
    if (value.orElse(null) instanceof Yaml.Items list && list.items().size() >= atLeast) {
      for (int i = 0; i < list.items().size(); i++) {
        String name = join(path, key) + "[" + i + "]";
        read(list.items().get(i), name, expected).ifPresent(items::add);
      }
    } else {
      value.ifPresent(found -> mismatch(key, found, words));
    }
    return items;
  }

  @Override
  public <T> Optional<T> find(String key, Form<T> form, Function<S, Optional<T>> of) {
    Optional<Yaml> value = value(key);
    if (value.orElse(null) instanceof Yaml.Mapping inner) {
      Place at = mapping.entries().get(key).keyPlace();
      return form.fill(new SectionReader<>(at, join(path, key), inner, problems));
    }
    value.ifPresent(found -> mismatch(key, found, form.words()));
    return Optional.empty();
  }

  @Override
  public <T> Map<String, T> values(
      String key, String words, Expected<T> expected, Function<S, Map<String, T>> of) {
    Map<String, T> all = new LinkedHashMap<>();
    Optional<SectionReader<T>> named = named(key, words);
    for (String name : named.map(SectionReader::names).orElse(List.of())) {
      named.get().find(name, expected, Optional::of).ifPresent(one -> all.put(name, one));
    }
    return all;
  }

  @Override
  public <T> Map<String, List<T>> lists(
      String key, String words, Expected<T> expected, Function<S, Map<String, List<T>>> of) {
    Map<String, List<T>> all = new LinkedHashMap<>();
    Optional<SectionReader<T>> named = named(key, words);
    for (String name : named.map(SectionReader::names).orElse(List.of())) {
      all.put(name, named.get().list(name, 0, "a list", expected, none -> List.of()));
    }
    return all;
  }

  private List<String> names() {
    return List.copyOf(mapping.entries().keySet());
  }

  /** The mapping at a key, if it is given, to be read name by name. */
  private <T> Optional<SectionReader<T>> named(String key, String words) {
    Optional<Yaml> value = value(key);
    if (value.orElse(null) instanceof Yaml.Mapping named) {
      Place at = mapping.entries().get(key).keyPlace();
      return Optional.of(new SectionReader<>(at, join(path, key), named, problems));
    }
    value.ifPresent(found -> mismatch(key, found, words));
    return Optional.empty();
  }

  @Override
  public <T> Map<String, T> each(String key, Form<T> form, Function<S, Map<String, T>> of) {
    Map<String, T> all = new LinkedHashMap<>();
    Optional<SectionReader<T>> named = named(key, "a mapping of columns to " + form.words());
    if (named.filter(columns -> columns.names().isEmpty()).isPresent()) {
      problem("expected at least one column; found none; name one, or leave this key out", key);
    }
    for (String name : named.map(SectionReader::names).orElse(List.of())) {
      named.get().find(name, form, Optional::of).ifPresent(one -> all.put(name, one));
    }
    return all;
  }

  @Override
  public <T> Optional<T> get(String key, Form<T> form, Function<S, T> of) {
    Yaml.Mapping empty = new Yaml.Mapping(place, Map.of());
    return has(key)
        ? require(key, form, of)
        : form.fill(new SectionReader<>(place, join(path, key), empty, problems));
  }

  @Override
  public <T> Optional<T> getOrWord(
      String key, String word, T meant, Form<T> form, Function<S, T> of) {
    boolean isMapping = value(key).filter(value -> !value.isWord(word)).isPresent();
    return isMapping ? require(key, form, of) : Optional.of(meant);
  }

  private <T> Optional<T> read(Yaml found, String name, Expected<T> expected) {
    Optional<Yaml.Scalar> scalar =
        found instanceof Yaml.Scalar it ? Optional.of(it) : Optional.empty();
    Optional<T> value = scalar.filter(it -> !it.isNull()).flatMap(expected.reader());
    if (value.isEmpty()) {
      problems.add(
          found.place(),
          name,
          "expected %s; found %s%s"
              .formatted(
                  scalar.map(expected.inViewOf()).orElse(expected.words()),
                  found.description(),
                  didYouMean(scalar.flatMap(it -> Nearest.to(it.text(), expected.choices())))));
    }
    return value;
  }

  private String hint(String unknown) {
    String now = RENAMED.get(unknown);
    if (now != null && keys.contains(now.replaceFirst("[.].*", ""))) {
      return "; it is called " + Quote.of(now) + " now";
    }
    Optional<String> elsewhere = path.isEmpty() ? OptimizerForm.pathOf(unknown) : Optional.empty();
    return didYouMean(elsewhere.or(() -> Nearest.to(unknown, keys)));
  }

  private static String didYouMean(Optional<String> meant) {
    return meant.map(word -> "; did you mean " + Quote.of(word) + "?").orElse("");
  }
}
