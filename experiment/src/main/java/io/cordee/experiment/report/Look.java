package io.cordee.experiment.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    String longest = longest(axes);
    Map<String, Integer> others = new LinkedHashMap<>();
    List<Look> looks = new ArrayList<>();
    for (var group : source.groups()) {
      Map<String, String> settings = group.settings();
      int first =
          axes.isEmpty() ? 0 : axes.get(longest).indexOf(settings.getOrDefault(longest, ""));
      StringBuilder rest = new StringBuilder();
      for (String axis : axes.keySet()) {
        rest.append(axis.equals(longest) ? "" : settings.getOrDefault(axis, "")).append('\n');
      }
      Integer other = others.get(rest.toString());
      if (other == null) {
        other = others.size();
        others.put(rest.toString(), other);
      }
      // With more values than colours they come again, with other dashes.
      looks.add(new Look(first % COLORS, (other + 2 * (first / COLORS)) % DASHES));
    }
    return looks;
  }

  /** The axis with the most values, the first of several; empty if there is none. */
  private static String longest(Map<String, List<String>> axes) {
    String longest = "";
    for (String axis : axes.keySet()) {
      if (longest.isEmpty() || axes.get(axis).size() > axes.get(longest).size()) {
        longest = axis;
      }
    }
    return longest;
  }
}
