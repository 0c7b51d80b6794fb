package io.cordee.common.job.file;

import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** A YAML document that knows where each of its parts was written. */
sealed interface Yaml {

  Place place();

  /** What it is, for a message that says what was found. */
  String description();

  default boolean isNull() {
    return false;
  }

  default boolean isWord(String word) {
    return this instanceof Scalar scalar && scalar.text().equals(word);
  }

  /**
   * A word, number or text.
   *
   * @param plain whether it was written without quotes; only then can it be a number, a truth or
   *     null
   */
  record Scalar(Place place, String text, boolean plain) implements Yaml {

    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,64}");
    private static final Pattern NUMBER =
        Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");
    private static final Pattern TRUTH = Pattern.compile("true|True|TRUE|false|False|FALSE");

    @Override
    public boolean isNull() {
      return plain && NULL.matcher(text).matches();
    }

    Optional<BigInteger> asWhole() {
      return plain && WHOLE.matcher(text).matches()
          ? Optional.of(new BigInteger(text))
          : Optional.empty();
    }

    /** Infinite if it is too large for a double; never NaN. */
    Optional<Double> asNumber() {
      return plain && NUMBER.matcher(text).matches()
          ? Optional.of(Double.parseDouble(text))
          : Optional.empty();
    }

    Optional<Boolean> asTruth() {
      return plain && TRUTH.matcher(text).matches()
          ? Optional.of(Boolean.parseBoolean(text))
          : Optional.empty();
    }

    @Override
    public String description() {
      if (isNull()) {
        return "nothing";
      }
      if (asNumber().isPresent()) {
        return Quote.bare(text);
      }
      boolean quotesMatter = new Scalar(place, text, true).asNumber().isPresent();
      return (quotesMatter ? "the text " : "") + Quote.of(text);
    }
  }

  record Items(Place place, List<Yaml> items) implements Yaml {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String description() {
      return "a list";
    }
  }

  /** Its entries are in the order in which they were written. */
  record Mapping(Place place, Map<String, Entry> entries) implements Yaml {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** The value of a key; none if there is no such key or its value is null. */
    Optional<Yaml> value(String key) {
      return Optional.ofNullable(entries.get(key)).map(Entry::value).filter(v -> !v.isNull());
    }

    /** The same with this value at this key, last if the key is new. */
    Mapping with(String key, Entry entry) {
      Map<String, Entry> changed = new LinkedHashMap<>(entries);
      changed.put(key, entry);
      return new Mapping(place, changed);
    }

    /** The same with another value at this key, if there is one that is not null. */
    Mapping change(String key, UnaryOperator<Yaml> change) {
      return value(key)
          .map(change)
          .map(value -> with(key, new Entry(entries.get(key).keyPlace(), value)))
          .orElse(this);
    }

    /** The same with another mapping at this key, if there is one. */
    Mapping within(String key, UnaryOperator<Mapping> change) {
      return change(key, value -> value instanceof Mapping inner ? change.apply(inner) : value);
    }

    Mapping without(String key) {
      Map<String, Entry> changed = new LinkedHashMap<>(entries);
      changed.remove(key);
      return new Mapping(place, changed);
    }

    @Override
    public String description() {
      return "a mapping";
    }
  }

  record Entry(Place keyPlace, Yaml value) {}
}
