package io.cordee.experiment.report;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A number in a table.
 *
 * @param small a smaller text behind it; may be empty
 * @param look a class of the style sheet; may be empty
 * @param percent of its shade, where it has one
 */
record TableCell(String text, String small, String look, OptionalDouble percent) {

  static TableCell of(String text) {
    return new TableCell(text, "", "", OptionalDouble.empty());
  }

  TableCell with(String smaller) {
    return new TableCell(text, smaller, look, percent);
  }

  /** Of nothing that could be compared. */
  TableCell none() {
    return new TableCell(text, small, "none", percent);
  }

  TableCell best(boolean isBest) {
    return isBest ? new TableCell(text, small, "best", percent) : this;
  }

  /** {@code shade} is from 0 to 1; above {@code deep}, letters are light. */
  TableCell shaded(double shade, double deep) {
    String heat = shade > deep ? "heat deep" : "heat";
    return new TableCell(text, small, heat, OptionalDouble.of(100 * shade));
  }

  String html() {
    return "<td class=\"n%s\"%s>%s%s</td>"
        .formatted(
            look.isEmpty() ? "" : " " + look,
            percent.isPresent()
                ? String.format(Locale.ROOT, " style=\"--v:%.0f%%\"", percent.getAsDouble())
                : "",
            Html.text(text),
            small.isEmpty() ? "" : "<small>" + Html.text(small) + "</small>");
  }
}
