package io.cordee.common.job;

import io.cordee.common.model.Words;
import io.cordee.common.rule.Setting.Bounds;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** What a scalar of a job must be: how to read it, and how to say it. */
sealed interface Expected<T> {

  /** The word for what is worked out. */
  String AUTO = "auto";

  /** The value, if the scalar is what it must be. */
  Optional<T> read(Yaml.Scalar found);

  /** As in "expected a whole number of at least 1". */
  String words();

  /** The same in view of what was found instead. */
  default String words(Yaml found) {
    return words();
  }

  /** The words to choose from, if it is one of a few words. */
  default List<String> choices() {
    return List.of();
  }

  /** A whole number, bounds included. */
  record Whole(long min, long max) implements Expected<Long> {

    static Whole atLeast(int min) {
      return new Whole(min, Integer.MAX_VALUE);
    }

    static Whole any() {
      return new Whole(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    @Override
    public Optional<Long> read(Yaml.Scalar found) {
      return found
          .asWhole()
          .filter(value -> value.compareTo(BigInteger.valueOf(min)) >= 0)
          .filter(value -> value.compareTo(BigInteger.valueOf(max)) <= 0)
          .map(BigInteger::longValueExact);
    }

    @Override
    public String words() {
      if (min == Long.MIN_VALUE) {
        return "a whole number";
      }
      return max == Integer.MAX_VALUE ? "a whole number of at least " + min : range();
    }

    @Override
    public String words(Yaml found) {
      return found instanceof Yaml.Scalar scalar
              && scalar.asWhole().filter(this::isBeyondReach).isPresent()
          ? range()
          : words();
    }

    /** Whether it is outside of the bounds that {@link #words()} leaves unsaid. */
    private boolean isBeyondReach(BigInteger value) {
      return value.compareTo(BigInteger.valueOf(max)) > 0
          || min == Long.MIN_VALUE && value.compareTo(BigInteger.valueOf(min)) < 0;
    }

    private String range() {
      return "a whole number from " + min + " to " + max;
    }
  }

  /** A finite number. */
  record Number(Bounds bounds) implements Expected<Double> {

    static final Number ABOVE_ZERO =
        new Number(new Bounds(0, true, Double.POSITIVE_INFINITY, true));
    static final Number AT_LEAST_ZERO =
        new Number(new Bounds(0, false, Double.POSITIVE_INFINITY, true));

    @Override
    public Optional<Double> read(Yaml.Scalar found) {
      return found.asNumber().filter(value -> !Double.isInfinite(value)).filter(bounds::contains);
    }

    @Override
    public String words() {
      if (bounds.high() < Double.POSITIVE_INFINITY) {
        return "a number in " + bounds;
      }
      if (bounds.low() == Double.NEGATIVE_INFINITY) {
        return "a number";
      }
      return "a number %s%s"
          .formatted(bounds.lowOpen() ? "above " : "of at least ", Scalars.number(bounds.low()));
    }
  }

  /** A number, or {@code auto} for none. */
  record AutoOr(Number number) implements Expected<OptionalDouble> {

    @Override
    public Optional<OptionalDouble> read(Yaml.Scalar found) {
      return found.text().equals(AUTO)
          ? Optional.of(OptionalDouble.empty())
          : number.read(found).map(OptionalDouble::of);
    }

    @Override
    public String words() {
      return AUTO + " or " + number.words();
    }
  }

  /** A number that rules and models compute with in float32, in which it has to fit as well. */
  record Single(Bounds bounds) implements Expected<Double> {

    @Override
    public Optional<Double> read(Yaml.Scalar found) {
      return new Number(bounds).read(found).filter(this::fits);
    }

    private boolean fits(double value) {
      float single = (float) value;
      return Float.isFinite(single) && bounds.contains(single);
    }

    @Override
    public String words() {
      return new Number(bounds).words();
    }

    @Override
    public String words(Yaml found) {
      boolean tooFine =
          found instanceof Yaml.Scalar scalar && new Number(bounds).read(scalar).isPresent();
      return words() + (tooFine ? " when rounded to float32" : "");
    }
  }

  record Truth() implements Expected<Boolean> {
    @Override
    public Optional<Boolean> read(Yaml.Scalar found) {
      return found.asTruth();
    }

    @Override
    public String words() {
      return "true or false";
    }
  }

  /** One of a few words. */
  record Choice(List<String> choices) implements Expected<String> {
    @Override
    public Optional<String> read(Yaml.Scalar found) {
      return Optional.of(found.text()).filter(choices::contains);
    }

    @Override
    public String words() {
      return choices.size() == 1 ? choices.get(0) : "one of " + String.join(", ", choices);
    }
  }

  /** The word for a constant. */
  record Word<E extends Enum<E>>(Class<E> type) implements Expected<E> {
    @Override
    public Optional<E> read(Yaml.Scalar found) {
      return Words.find(type, found.text());
    }

    @Override
    public String words() {
      return new Choice(choices()).words();
    }

    @Override
    public List<String> choices() {
      return Words.all(type);
    }
  }

  /** Text, or a number or truth taken as the text that it was written as. */
  record Text(String words) implements Expected<String> {
    @Override
    public Optional<String> read(Yaml.Scalar found) {
      return Optional.of(found.text()).filter(text -> !text.isEmpty());
    }
  }

  /** The name of a file. */
  record FileName() implements Expected<String> {
    @Override
    public Optional<String> read(Yaml.Scalar found) {
      return new FolderName().read(found).filter(text -> !text.isEmpty());
    }

    @Override
    public String words() {
      return "a file's name";
    }
  }

  /** The name of a folder, empty for the one that it would be below. */
  record FolderName() implements Expected<String> {
    @Override
    public Optional<String> read(Yaml.Scalar found) {
      return Optional.of(found.text())
          .filter(text -> text.chars().noneMatch(Character::isISOControl));
    }

    @Override
    public String words() {
      return "a folder's name";
    }
  }

  /** What a job is called: fit to be a part of a folder's name. */
  record Name() implements Expected<String> {

    private static final String CHARACTER = "[\\p{L}\\p{N}._+-]";
    private static final Pattern PATTERN = Pattern.compile("(?![.-])" + CHARACTER + "{1,100}");

    @Override
    public Optional<String> read(Yaml.Scalar found) {
      return Optional.of(found.text()).filter(text -> PATTERN.matcher(text).matches());
    }

    @Override
    public String words() {
      return "a name of at most 100 letters, digits and _ + - . that begins with neither - nor .";
    }

    /** A text as a name: a dash for every character that a name may not have. */
    static String from(String text) {
      String name = text.replaceAll("(?!" + CHARACTER + ").", "-").replaceAll("^[.-]+", "");
      name = name.substring(0, Math.min(100, name.length()));
      return PATTERN.matcher(name).matches() ? name : "job";
    }
  }

  /** A column's index. */
  record Index() implements Expected<String> {
    @Override
    public Optional<String> read(Yaml.Scalar found) {
      return Optional.of(found.text()).filter(text -> text.matches("[0-9]{1,9}"));
    }

    @Override
    public String words() {
      return "a column's index from 0, as there is no header";
    }
  }

  /** What stands between two values of a line. */
  record Separator() implements Expected<Character> {
    @Override
    public Optional<Character> read(Yaml.Scalar found) {
      return Optional.of(found.text())
          .filter(text -> text.length() == 1 && !"\"\r\n".contains(text))
          .map(text -> text.charAt(0))
          .filter(c -> !Character.isSurrogate(c) && !Character.isLetterOrDigit(c));
    }

    @Override
    public String words() {
      return "one character, such as \",\" or \"\\t\"";
    }
  }
}
