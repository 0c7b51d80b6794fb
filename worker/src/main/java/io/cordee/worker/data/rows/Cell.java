package io.cordee.worker.data.rows;

import java.util.Set;

/** A value in a file of texts, and its place. */
public interface Cell extends RowPlace {

  /** Texts that stand for a missing value. */
  Set<String> MISSING = Set.of("", "?", "NA", "N/A", "na", "n/a", "NaN", "nan", "NULL", "null");

  /** Empty if there is none. */
  String text();

  /** As of {@link Decimals#parse}; NaN if it is no number. */
  double number();

  /** Advises what to do about a text where a number belongs; empty if nothing is known. */
  default String remedy() {
    return "";
  }

  default boolean isMissing() {
    return Double.isNaN(number()) && MISSING.contains(text());
  }
}
