package io.cordee.common.svg;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One axis of a chart: which values it shows, where, and which of them have a line and a label.
 *
 * <p>The charts of pages follow the same rules, in {@code curves.js}; {@code axes.json} among the
 * tests has cases for both.
 *
 * @param isLog true if equal ratios of values are equally far apart
 * @param from the pixel of the lowest value
 * @param to the pixel of the highest: beyond {@code from} of an axis that runs across, before it of
 *     one that goes up
 */
public record Axis(double low, double high, boolean isLog, Unit unit, double from, double to) {

  /** Above this ratio of the highest to the lowest, losses are drawn by ratio. */
  private static final double RATIO = 10;

  /** Pixels between two labels, at least. */
  private static final double ACROSS = 60;

  private static final double UP = 32;

  /** Pixels of a letter, at most about, and between the ends of two labels. */
  private static final double LETTER = 7;

  private static final double GAP = 14;

  /** Pixels of a power of ten within which all of its multiples have a line. */
  private static final double DECADE = 60;

  /** Room above and below the curves, as a share of what they take up. */
  private static final double ROOM = 0.04;

  /**
   * A value that has a line.
   *
   * @param label empty for none
   */
  public record Mark(double value, String label) {}

  /** True if losses between two values are best drawn by ratio. */
  public static boolean isByRatio(double low, double high) {
    return low > 0 && high / low > RATIO;
  }

  /** Returns the axis of rounds and the like, which begins and ends with the values. */
  public static Axis across(
      double low, double high, boolean isLog, Unit unit, double from, double to) {
    double end = high > low ? high : isLog ? low * 10 : low + 1;
    return new Axis(low, end, isLog, unit, from, to);
  }

  /** Returns the axis of a measure, with room so that no line is cut in half. */
  public static Axis up(double low, double high, boolean isLog, Unit unit, double from, double to) {
    if (isLog) {
      double room = high > low ? Math.min(2, Math.pow(high / low, ROOM)) : 10;
      return new Axis(low / room, high * room, true, unit, from, to);
    }
    double room = high > low ? ROOM * (high - low) : high == 0 ? 1 : 0.1 * Math.abs(high);
    return new Axis(low - room, high + room, false, unit, from, to);
  }

  public double at(double value) {
    double share =
        isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return from + share * (to - from);
  }

  /** Returns what is marked, in ascending order; no label comes near another. */
  public List<Mark> marks() {
    List<Mark> labelled = isLog ? byRatio() : even();
    if (!isLog || pixels() / Math.log10(high / low) < DECADE) {
      return labelled;
    }
    Stream<Mark> lines =
        ofDecades(1, 1, 2, 3, 4, 5, 6, 7, 8, 9).stream()
            .map(Mark::value)
            .filter(value -> labelled.stream().noneMatch(mark -> mark.value() == value))
            .map(value -> new Mark(value, ""));
    return Stream.concat(labelled.stream(), lines)
        .sorted(Comparator.comparingDouble(Mark::value))
        .toList();
  }

  /** Returns the multiples of 1, 2 or 5 times a power of ten, of the least that leaves room. */
  private List<Mark> even() {
    double share = apart() / pixels();
    double least = isLog ? high * (1 - Math.pow(low / high, share)) : (high - low) * share;
    for (int power = Math.max(Unit.exponent(least), unit.leastPower()); ; power++) {
      for (int digit : new int[] {1, 2, 5}) {
        List<Mark> marks = multiples(digit, power);
        if (hasRoomFor(marks)) {
          return marks;
        }
      }
    }
  }

  private List<Mark> multiples(int digit, int power) {
    List<Mark> marks = new ArrayList<>();
    double step = decimal(digit, power);
    for (long i = (long) Math.floor(low / step); i <= Math.floor(high / step) + 1; i++) {
      add(marks, i * digit, power);
    }
    return marks;
  }

  /** Returns 1, 2 and 5 times each power of ten, or some of these powers; else even marks. */
  private List<Mark> byRatio() {
    List<Mark> marks = ofDecades(1, 1, 2, 5);
    for (int every = 1; !hasRoomFor(marks); every *= 10) {
      for (int digit : new int[] {1, 2, 5}) {
        if (!hasRoomFor(marks)) {
          marks = ofDecades(every * digit, 1);
        }
      }
    }
    if (marks.size() > 1) {
      return marks;
    }
    List<Mark> even = even();
    return even.size() > marks.size() ? even : marks;
  }

  /**
   * Returns marks at {@code digits} times each power of ten whose exponent {@code every} divides.
   */
  private List<Mark> ofDecades(int every, int... digits) {
    List<Mark> marks = new ArrayList<>();
    IntStream.rangeClosed(Unit.exponent(low), Unit.exponent(high))
        .filter(power -> power % every == 0)
        .forEach(power -> IntStream.of(digits).forEach(digit -> add(marks, digit, power)));
    return marks;
  }

  private void add(List<Mark> marks, long count, int power) {
    double value = decimal(count, power);
    if (value >= low && value <= high && unit.has(value)) {
      marks.add(new Mark(value, unit.label(value, power)));
    }
  }

  /** Rounds once: a product with a power of ten would not be the decimal number it is to be. */
  private static double decimal(long count, int power) {
    return Double.parseDouble(count + "e" + power);
  }

  private boolean hasRoomFor(List<Mark> marks) {
    return IntStream.range(1, marks.size())
        .allMatch(i -> hasRoomBetween(marks.get(i - 1), marks.get(i)));
  }

  private boolean hasRoomBetween(Mark mark, Mark next) {
    double widths = LETTER * (mark.label().length() + next.label().length()) / 2;
    double needed = isAcross() ? Math.max(apart(), widths + GAP) : apart();
    return Math.abs(at(next.value()) - at(mark.value())) > needed - 1e-6;
  }

  private boolean isAcross() {
    return to > from;
  }

  private double apart() {
    return isAcross() ? ACROSS : UP;
  }

  private double pixels() {
    return Math.max(1, Math.abs(to - from));
  }
}
