package io.cordee.common.job.file;

import io.cordee.common.job.Monitor;
import io.cordee.common.job.Patience;
import io.cordee.common.model.Words;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.Setting.Bounds;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a scalar of a job must be: how to read it, to write it, and to say it.
 *
 * @param words as in "expected a whole number of at least 1"
 * @param inViewOf the same in view of what was found instead
 * @param choices the words to choose from, if it is one of a few words
 * @param reader the value, if the scalar is what it must be
 * @param writer the scalar's text, as it is to be written
 */
record Expected<T>(
    String words,
    Function<Yaml.Scalar, String> inViewOf,
    List<String> choices,
    Function<Yaml.Scalar, Optional<T>> reader,
    Function<T, String> writer) {

  /** The word for what is worked out. */
  static final String AUTO = "auto";

  private static final String NAME_CHARACTER = "[\\p{L}\\p{N}._+-]";
  private static final Pattern NAME = Pattern.compile("(?![.-])" + NAME_CHARACTER + "{1,100}");

  static final Expected<Double> ABOVE_ZERO =
      number(new Bounds(0, true, Double.POSITIVE_INFINITY, true));
  static final Expected<Double> AT_LEAST_ZERO =
      number(new Bounds(0, false, Double.POSITIVE_INFINITY, true));

  static final Expected<Long> WHOLE =
      whole("a whole number", Long.MIN_VALUE, Long.MAX_VALUE, BigInteger::longValueExact);

  static final Expected<Boolean> TRUTH =
      new Expected<>("true or false", Yaml.Scalar::asTruth, String::valueOf);

  /** The name of a folder, empty for the one that it would be below. */
  static final Expected<String> FOLDER_NAME =
      ofText("a folder's name", text -> text.chars().noneMatch(Character::isISOControl));

  static final Expected<String> FILE_NAME =
      ofText(
          "a file's name",
          text -> !text.isEmpty() && text.chars().noneMatch(Character::isISOControl));

  /** A path that is found rather than typed, and so may have control characters. */
  static final Expected<String> PATH =
      ofText("a path", text -> !text.isEmpty() && text.indexOf('\0') < 0);

  static final Expected<String> JOB_NAME =
      ofText(
          "a name of at most 100 letters, digits and _ + - . that begins with neither - nor .",
          text -> NAME.matcher(text).matches());

  static final Expected<String> SHA256 =
      ofText(
          "64 lower-case hex digits, as sha256sum prints them",
          text -> text.matches("[0-9a-f]{64}"));

  static final Expected<String> INDEX =
      ofText("a column's index from 0, as there is no header", text -> text.matches("[0-9]{1,9}"));

  static final Expected<Patience> PATIENCE =
      new Expected<>(
          "a whole number of epochs of at least 1, or of rounds as in \"20 rounds\"",
          found -> Patience.parse(found.text()),
          patience -> Scalars.text(patience.toString()));

  static final Expected<Character> SEPARATOR =
      new Expected<>(
          "one ASCII character, such as \",\" or \"\\t\"",
          found ->
              Optional.of(found.text())
                  .filter(text -> text.length() == 1 && !"\"\r\n".contains(text))
                  .map(text -> text.charAt(0))
                  .filter(c -> c < 0x80 && !Character.isLetterOrDigit(c)),
          character -> Scalars.text(character.toString()));

  private Expected(
      String words, Function<Yaml.Scalar, Optional<T>> reader, Function<T, String> writer) {
    this(words, found -> words, List.of(), reader, writer);
  }

  private static Expected<String> ofText(String words, Predicate<String> fits) {
    return new Expected<>(words, found -> Optional.of(found.text()).filter(fits), Scalars::text);
  }

  /** A whole number, bounds included. */
  static Expected<Integer> whole(int min, int max) {
    String words = max == Integer.MAX_VALUE ? "a whole number of at least " + min : range(min, max);
    return whole(words, min, max, BigInteger::intValueExact);
  }

  static Expected<Integer> atLeast(int min) {
    return whole(min, Integer.MAX_VALUE);
  }

  /**
   * @param words which may omit a bound; a value out of range is answered with the full range
   */
  private static <T> Expected<T> whole(
      String words, long min, long max, Function<BigInteger, T> convert) {
    BigInteger low = BigInteger.valueOf(min);
    BigInteger high = BigInteger.valueOf(max);
    boolean isLowUnsaid = min == Long.MIN_VALUE;
    return new Expected<>(
        words,
        found ->
            found
                .asWhole()
                .filter(x -> x.compareTo(high) > 0 || isLowUnsaid && x.compareTo(low) < 0)
                .map(x -> range(min, max))
                .orElse(words),
        List.of(),
        found ->
            found
                .asWhole()
                .filter(x -> x.compareTo(low) >= 0 && x.compareTo(high) <= 0)
                .map(convert),
        String::valueOf);
  }

  private static String range(long min, long max) {
    return "a whole number from " + min + " to " + max;
  }

  /** A finite number. */
  static Expected<Double> number(Bounds bounds) {
    return new Expected<>(
        words(bounds),
        found -> found.asNumber().filter(x -> !Double.isInfinite(x)).filter(bounds::contains),
        Scalars::number);
  }

  private static String words(Bounds bounds) {
    if (bounds.high() < Double.POSITIVE_INFINITY) {
      return "a number in " + bounds;
    }
    if (bounds.low() == Double.NEGATIVE_INFINITY) {
      return "a number";
    }
    return "a number %s%s"
        .formatted(bounds.lowOpen() ? "above " : "of at least ", Scalars.number(bounds.low()));
  }

  /** A number, or {@code auto} for none. */
  static Expected<OptionalDouble> autoOr(Expected<Double> number) {
    return new Expected<>(
        AUTO + " or " + number.words,
        found ->
            found.text().equals(AUTO)
                ? Optional.of(OptionalDouble.empty())
                : number.reader.apply(found).map(OptionalDouble::of),
        value -> value.isPresent() ? Scalars.number(value.getAsDouble()) : AUTO);
  }

  /**
   * A number that optimizers and models compute with in float32, in which it has to fit as well.
   */
  static Expected<Double> single(Bounds bounds) {
    Expected<Double> number = number(bounds);
    return new Expected<>(
        number.words,
        found ->
            number.words
                + (number.reader.apply(found).isPresent() ? " when rounded to float32" : ""),
        List.of(),
        found ->
            number
                .reader
                .apply(found)
                .filter(x -> Float.isFinite(x.floatValue()) && bounds.contains(x.floatValue())),
        Scalars::number);
  }

  static Expected<String> choice(List<String> choices) {
    return choice(choices, word -> Optional.of(word).filter(choices::contains), Scalars::text);
  }

  static Expected<String> optimizer() {
    Expected<String> known = choice(OptimizerCatalog.names());
    String words = OptimizerCatalog.words();
    return new Expected<>(words, found -> words, known.choices, known.reader, known.writer);
  }

  static <E extends Enum<E>> Expected<E> word(Class<E> type) {
    return choice(Words.all(type), word -> Words.find(type, word.replace('_', '-')), Words::of);
  }

  static final Expected<Monitor> MONITOR =
      choice(
          Stream.of(Monitor.values()).map(Monitor::column).toList(),
          word -> Stream.of(Monitor.values()).filter(it -> it.column().equals(word)).findFirst(),
          Monitor::column);

  private static <T> Expected<T> choice(
      List<String> choices, Function<String, Optional<T>> find, Function<T, String> writer) {
    String words = choices.size() == 1 ? choices.get(0) : "one of " + String.join(", ", choices);
    return new Expected<>(
        words, found -> words, choices, found -> find.apply(found.text()), writer);
  }

  /** Text, or a number or truth taken as the text that it was written as. */
  static Expected<String> text(String words) {
    return ofText(words, text -> !text.isEmpty());
  }

  /** A text as a job's name: a dash for every character that a name may not have. */
  static String jobName(String text) {
    String name = text.replaceAll("(?!" + NAME_CHARACTER + ").", "-").replaceAll("^[.-]+", "");
    name = name.substring(0, Math.min(100, name.length()));
    return NAME.matcher(name).matches() ? name : "job";
  }
}
