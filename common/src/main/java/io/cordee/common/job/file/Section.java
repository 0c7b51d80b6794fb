package io.cordee.common.job.file;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A section of a job. Its {@link Form} goes through its keys in their order and is all that knows
 * them: by it the section is read ({@link SectionReader}) and written ({@link SectionWriter}).
 *
 * <p>In every method, {@code of} is where a value is when the section is written.
 *
 * @param <S> what the section says
 */
interface Section<S> {

  /** Goes through a section's keys and makes of their values what it says. */
  @FunctionalInterface
  interface Form<S> {

    /** Nothing if there is a problem. */
    Optional<S> fill(Section<S> section);

    /** What the section has to be, for messages. */
    default String words() {
      return "a mapping with " + String.join(", ", SectionReader.keys(this));
    }

    /** A form with words of its own. */
    static <S> Form<S> called(String words, Form<S> form) {
      return new Form<>() {
        @Override
        public Optional<S> fill(Section<S> section) {
          return form.fill(section);
        }

        @Override
        public String words() {
          return words;
        }
      };
    }
  }

  /** The value of a key, if it is given. */
  <T> Optional<T> find(String key, Expected<T> expected, Function<S, Optional<T>> of);

  /** The value of a key, if it is given, or else the usual one. */
  default <T> T get(String key, Expected<T> expected, T usual, Function<S, T> of) {
    return find(key, expected, of.andThen(Optional::of)).orElse(usual);
  }

  /** The value of a key that has to be given; what stands in for it if there is a problem. */
  default <T> T require(String key, Expected<T> expected, T standIn, Function<S, T> of) {
    needs(key, expected::words);
    return get(key, expected, standIn, of);
  }

  default OptionalDouble number(
      String key, Expected<Double> expected, Function<S, OptionalDouble> of) {
    return find(key, expected, says -> of.apply(says).stream().boxed().findFirst()).stream()
        .mapToDouble(value -> value)
        .findFirst();
  }

  /**
   * The items of a list, those of them that are as expected; none if it is not given.
   *
   * @param words what the list is, for messages
   */
  <T> List<T> list(
      String key, int atLeast, String words, Expected<T> expected, Function<S, List<T>> of);

  /** What the mapping at a key says, if it is given. */
  <T> Optional<T> find(String key, Form<T> form, Function<S, Optional<T>> of);

  /**
   * The values in a mapping of names to scalars; nothing if it is not given.
   *
   * @param words what the mapping is, for messages
   */
  <T> Map<String, T> values(
      String key, String words, Expected<T> expected, Function<S, Map<String, T>> of);

  /** The same of names to lists. */
  <T> Map<String, List<T>> lists(
      String key, String words, Expected<T> expected, Function<S, Map<String, List<T>>> of);

  /**
   * What a mapping of names to mappings says, by name; nothing if it is not given.
   *
   * @param form of each
   */
  <T> Map<String, T> each(String key, Form<T> form, Function<S, Map<String, T>> of);

  /** What the mapping at a key says; if it is not given, what an empty one does. */
  <T> Optional<T> get(String key, Form<T> form, Function<S, T> of);

  /** What the mapping at a key that has to be given says. */
  default <T> Optional<T> require(String key, Form<T> form, Function<S, T> of) {
    needs(key, form::words);
    return find(key, form, of.andThen(Optional::of));
  }

  /** What the mapping at a key says, or {@code meant} if {@code word} or nothing stands there. */
  <T> Optional<T> getOrWord(String key, String word, T meant, Form<T> form, Function<S, T> of);

  /** What {@code make} makes; nothing if the section has problems or {@code make} refuses. */
  <T> Optional<T> build(Supplier<T> make);

  // What is written is given nowhere, and has no problems.

  boolean isMapping(String key, Predicate<S> of);

  boolean has(String key);

  /** Reports a key that is not given, but has to be. */
  void needs(String key, Supplier<String> words);

  /**
   * Reports a problem with the value of a key, or with its absence.
   *
   * @param keys the key, after those above it if it is further down
   */
  void problem(String text, String... keys);

  /** Returns whether {@code make} succeeds; if it refuses, that is a problem with this key. */
  boolean accepts(String key, Supplier<?> make);
}
