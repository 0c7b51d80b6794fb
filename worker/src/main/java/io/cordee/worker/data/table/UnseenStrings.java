package io.cordee.worker.data.table;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts the rows and cells of which a trained model knows nothing. */
final class UnseenStrings implements Encoder.Unseen {

  private static final int SHOWN = 3;

  /** By column, at most one more than are shown. */
  private final SortedMap<Integer, Set<String>> strings = new TreeMap<>();

  private final SortedMap<Integer, Long> unknown = new TreeMap<>();
  private long rows;
  private long filled;
  private boolean isInRow;

  @Override
  public void string(int column, String text) {
    isInRow = true;
    Set<String> some = strings.computeIfAbsent(column, none -> new LinkedHashSet<>());
    if (some.size() <= SHOWN) {
      some.add(text.isEmpty() ? "(empty)" : text);
    }
  }

  @Override
  public void none(int column) {
    unknown.merge(column, 1L, Long::sum);
  }

  @Override
  public void filled(int column) {
    filled++;
  }

  void endRow() {
    rows += isInRow ? 1 : 0;
    isInRow = false;
  }

  /** Returns a clause for each kind of surprise; empty if there was none. */
  String words(List<String> names) {
    List<String> words = new ArrayList<>();
    if (rows > 0) {
      String each =
          strings.entrySet().stream()
              .map(of -> "column " + names.get(of.getKey()) + ": " + shown(of.getValue()))
              .collect(Collectors.joining("; "));
      String have = rows == 1 ? " row has" : " rows have";
      words.add(rows + have + " strings not seen in training (" + each + ")");
    }
    unknown.forEach(
        (column, count) ->
            words.add(
                "in %d %s no string of column %s is known, so the outputs say little"
                    .formatted(count, count == 1 ? "row" : "rows", names.get(column))));
    if (filled > 0) {
      words.add(
          (filled == 1 ? "1 input" : filled + " inputs") + " had no value and got the usual one");
    }
    return String.join("; ", words);
  }

  private static String shown(Set<String> texts) {
    return texts.stream().limit(SHOWN).collect(Collectors.joining(", "))
        + (texts.size() > SHOWN ? ", ..." : "");
  }
}
