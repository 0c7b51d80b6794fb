package io.cordee.common.job.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Writes a section, every default written out.
 *
 * <p>First as a tree of what YAML knows: {@code Map} in the order of its keys, {@code List}, and
 * for scalars {@code String} with their text as it is to be written.
 */
final class SectionWriter<S> implements Section<S> {

  private static final String INDENT = "  ";

  private final S says;
  private final Map<String, Object> tree = new LinkedHashMap<>();

  private SectionWriter(S says) {
    this.says = says;
  }

  static <S> Map<String, Object> tree(S says, Form<S> form) {
    SectionWriter<S> section = new SectionWriter<>(says);
    form.fill(section);
    return section.tree;
  }

  static String yaml(Map<String, Object> tree) {
    StringBuilder out = new StringBuilder();
    append(tree, "", out);
    return out.toString();
  }

  private static void append(Map<?, ?> tree, String indent, StringBuilder out) {
    tree.forEach(
        (key, value) -> {
          out.append(indent).append(key).append(':');
          if (value instanceof Map<?, ?> inner) {
            out.append('\n');
            append(inner, indent + INDENT, out);
          } else if (value instanceof List<?> items) {
            out.append(
                items.stream().map(String::valueOf).collect(Collectors.joining(", ", " [", "]\n")));
          } else {
            out.append(' ').append(value).append('\n');
          }
        });
  }

  @Override
  public <T> Optional<T> find(String key, Expected<T> expected, Function<S, Optional<T>> of) {
    Optional<T> value = of.apply(says);
    value.map(expected.writer()).ifPresent(text -> tree.put(key, text));
    return value;
  }

  @Override
  public <T> List<T> list(
      String key, int atLeast, String words, Expected<T> expected, Function<S, List<T>> of) {
    List<T> items = of.apply(says);
    if (!items.isEmpty()) {
      tree.put(key, items.stream().map(expected.writer()).toList());
    }
    return items;
  }

  @Override
  public <T> Optional<T> find(String key, Form<T> form, Function<S, Optional<T>> of) {
    Optional<T> value = of.apply(says);
    value.ifPresent(inner -> tree.put(key, tree(inner, form)));
    return value;
  }

  @Override
  public <T> Map<String, T> values(
      String key, String words, Expected<T> expected, Function<S, Map<String, T>> of) {
    return put(key, of.apply(says), expected.writer()::apply);
  }

  @Override
  public <T> Map<String, List<T>> lists(
      String key, String words, Expected<T> expected, Function<S, Map<String, List<T>>> of) {
    return put(key, of.apply(says), all -> all.stream().map(expected.writer()).toList());
  }

  private <V> Map<String, V> put(String key, Map<String, V> all, Function<V, Object> written) {
    Map<String, Object> trees = new LinkedHashMap<>();
    all.forEach((name, one) -> trees.put(Scalars.text(name), written.apply(one)));
    if (!trees.isEmpty()) {
      tree.put(key, trees);
    }
    return all;
  }

  @Override
  public <T> Map<String, T> each(String key, Form<T> form, Function<S, Map<String, T>> of) {
    Map<String, T> all = of.apply(says);
    Map<String, Object> trees = new LinkedHashMap<>();
    all.forEach((name, one) -> trees.put(Scalars.text(name), tree(one, form)));
    if (!trees.isEmpty()) {
      tree.put(key, trees);
    }
    return all;
  }

  @Override
  public <T> Optional<T> get(String key, Form<T> form, Function<S, T> of) {
    return find(key, form, of.andThen(Optional::of));
  }

  @Override
  public <T> Optional<T> getOrWord(
      String key, String word, T meant, Form<T> form, Function<S, T> of) {
    if (!of.apply(says).equals(meant)) {
      return get(key, form, of);
    }
    tree.put(key, word);
    return Optional.of(meant);
  }

  @Override
  public <T> Optional<T> build(Supplier<T> make) {
    return Optional.of(make.get());
  }

  @Override
  public boolean isMapping(String key, Predicate<S> of) {
    return of.test(says);
  }

  @Override
  public boolean has(String key) {
    return false;
  }

  @Override
  public void needs(String key, Supplier<String> words) {}

  @Override
  public void problem(String text, String... keys) {}

  @Override
  public boolean accepts(String key, Supplier<?> make) {
    return true;
  }
}
