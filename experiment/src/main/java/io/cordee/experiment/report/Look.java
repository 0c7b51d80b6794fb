package io.cordee.experiment.report;

import io.cordee.experiment.run.Group;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How the line of a group looks: the colour tells the value of the longest axis, the first of
 * several, and the dashes those of the others.
 *
 * @param color an index below {@value #COLORS}
 * @param dash an index below {@value #DASHES}; 0 is a full line
 */
public record Look(int color, int dash) {

  static final int COLORS = 8;
  static final int DASHES = 5;

  /** One for each group, in their order. */
  public static List<Look> of(ReportSource source) {
    Map<String, List<String>> axes = source.axes();
    // The first of several.
    String longest =
        axes.keySet().stream()
            .reduce((a, b) -> axes.get(b).size() > axes.get(a).size() ? b : a)
            .orElse("");
    Map<Map<String, String>, Integer> others = new HashMap<>();
    List<Look> looks = new ArrayList<>();
    for (Group group : source.groups()) {
      Map<String, String> rest = new HashMap<>(group.settings());
      rest.keySet().retainAll(axes.keySet());
      String value = Objects.requireNonNullElse(rest.remove(longest), "");
      int first = axes.isEmpty() ? 0 : axes.get(longest).indexOf(value);
      Integer other = others.computeIfAbsent(rest, key -> others.size());
      // With more values than colours, colours repeat with other dashes.
      looks.add(new Look(first % COLORS, (other + 2 * (first / COLORS)) % DASHES));
    }
    return looks;
  }
}
