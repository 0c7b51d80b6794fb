package io.cordee.gallery;

import io.cordee.common.svg.Svg;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What a panel shows: SVG in the coordinates of its view. */
final class Plot extends Svg {

  private final View view;
  private final String description;

  /**
   * @param description for screen readers
   */
  Plot(View view, String description) {
    this.view = view;
    this.description = description;
  }

  View view() {
    return view;
  }

  String description() {
    return description;
  }

  /** Begins what is shown in one round only; initially, that of the poster. */
  void beginRound(int round, int poster) {
    open("g class='%s' data-round='%s'", round == poster ? "step shown" : "step", round);
  }

  void mark(double x, double y, double pixels, String style) {
    circle(view.px(x), view.py(y), pixels, style);
  }

  void segment(double x1, double y1, double x2, double y2, String style) {
    line(view.px(x1), view.py(y1), view.px(x2), view.py(y2), style);
  }

  /** A line through the points of the rounds from 0 on, each as {@link View#at} has it. */
  void walk(int rounds, IntFunction<String> point, String style) {
    polyline(IntStream.rangeClosed(0, rounds).mapToObj(point).toList(), style);
  }

  void curve(DoubleUnaryOperator f, String style) {
    double width = view.right() - view.left();
    polyline(
        IntStream.rangeClosed(0, (int) view.width() / 4)
            .mapToDouble(i -> view.left() + width * (4 * i) / view.width())
            .mapToObj(x -> view.at(x, f.applyAsDouble(x)))
            .toList(),
        style);
  }

  private void polyline(List<String> points, String style) {
    leaf("polyline class='%s' points='%s'", style, String.join(" ", points));
  }
}
