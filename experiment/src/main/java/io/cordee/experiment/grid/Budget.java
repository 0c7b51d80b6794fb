package io.cordee.experiment.grid;

import io.cordee.common.job.Job;
import io.cordee.experiment.run.WireBytes;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What every cell may spend.
 *
 * @param amount rounds, rows, bytes or seconds; 0 with {@link Kind#JOB}
 */
public record Budget(Kind kind, double amount) {

  /** The unit of a budget. */
  public enum Kind {
    /** What each cell's job says of {@code stop}. */
    JOB,
    ROUNDS,
    ROWS,
    BYTES,
    SECONDS
  }

  public static final Budget OF_JOB = new Budget(Kind.JOB, 0);

  /** More rounds than anybody waits for: the clock ends them. */
  private static final int ENDLESS = 1_000_000_000;

  private static final double EVALUATIONS = 100;

  private static final Pattern AMOUNT =
      Pattern.compile("((?i:rounds|rows|bytes|seconds))=(\\d{1,15}(?:\\.\\d{1,6})?)([kKMGT]?)(B?)");

  /** Reads {@code rounds=200}, {@code rows=3M}, {@code bytes=500MB} or {@code seconds=60}. */
  public static Budget parse(String text) {
    Matcher amount = AMOUNT.matcher(text);
    if (!amount.matches()) {
      throw wrong(text);
    }
    Kind kind = Kind.valueOf(amount.group(1).toUpperCase(Locale.ROOT));
    String prefix = amount.group(3).replace('K', 'k');
    boolean isInBytes = !amount.group(4).isEmpty();
    boolean isOfUnit = kind == Kind.BYTES ? isInBytes || prefix.isEmpty() : !isInBytes;
    double value =
        Double.parseDouble(amount.group(2))
            * Math.pow(1000, " kMGT".indexOf((prefix + " ").charAt(0)));
    boolean isWhole = kind != Kind.SECONDS;
    if (!isOfUnit || value <= 0 || isWhole && value < 1 || kind == Kind.ROUNDS && value > ENDLESS) {
      throw wrong(text);
    }
    return new Budget(kind, isWhole ? Math.rint(value) : value);
  }

  private static GridException wrong(String text) {
    return new GridException(
        "--budget "
            + text
            + ": expected rounds=200, rows=3M, bytes=500MB or seconds=60, with an amount above 0");
  }

  /** A part of it, to try settings with. */
  public Budget part(double share) {
    return new Budget(kind, kind == Kind.SECONDS ? amount * share : Math.ceil(amount * share));
  }

  /** For people: {@code 3,000,000 rows}. */
  public String text() {
    if (kind == Kind.JOB) {
      return "the job's stop";
    }
    String number =
        amount == Math.rint(amount)
            ? String.format(Locale.ROOT, "%,d", (long) amount)
            : String.valueOf(amount);
    return number + " " + kind.name().toLowerCase(Locale.ROOT);
  }

  /** How many rounds of a job it is; with seconds, no bound. */
  int rounds(Job job, long trainRows, int workers) {
    double rounds =
        switch (kind) {
          case JOB -> job.stop().lastRound(trainRows, rowsPerRound(job, trainRows));
          case ROUNDS -> amount;
          case ROWS -> Math.max(1, Math.floor(amount / rowsPerRound(job, trainRows)));
          case BYTES -> WireBytes.of(job, workers).rounds((long) amount);
          case SECONDS -> ENDLESS;
        };
    return (int) Math.min(ENDLESS, rounds);
  }

  /**
   * Rounds between evaluations, so that there are about a hundred. Where the clock ends a cell, it
   * is evaluated as often as the job says, but not before a quarter of the rows has been seen.
   */
  int evaluateEvery(Job job, long trainRows, int rounds) {
    if (kind != Kind.SECONDS) {
      return (int) Math.max(1, Math.ceil(rounds / EVALUATIONS));
    }
    double quarter = trainRows / 4.0 / rowsPerRound(job, trainRows);
    return (int) Math.max(job.evaluateEvery(), Math.ceil(quarter));
  }

  public static double rowsPerRound(Job job, long trainRows) {
    return job.rowsPerRound().orElse(trainRows);
  }
}
