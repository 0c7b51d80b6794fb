package io.cordee.experiment.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the line of a group looks: the colour tells the value of the first axis, the dashes those of
 * the others.
 *
 * @param color an index below {@value #COLORS}
 * @param dash an index below {@value #DASHES}; 0 is a full line
 */
public record Look(int color, int dash) {

  static final int COLORS = 8;
  static final int DASHES = 5;

  /** One for each group, in their order. */
  public static List<Look> of(ReportSource source) {
    List<String> axes = List.copyOf(source.axes().keySet());
    Map<String, Integer> others = new LinkedHashMap<>();
    List<Look> looks = new ArrayList<>();
    for (var group : source.groups()) {
      int first =
          axes.isEmpty()
              ? 0
              : source
                  .axes()
                  .get(axes.get(0))
                  .indexOf(group.settings().getOrDefault(axes.get(0), ""));
      StringBuilder rest = new StringBuilder();
      for (int i = 1; i < axes.size(); i++) {
        rest.append(group.settings().getOrDefault(axes.get(i), "")).append('\n');
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
}
