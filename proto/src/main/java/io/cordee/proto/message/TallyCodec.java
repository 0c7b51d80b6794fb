package io.cordee.proto.message;

import io.cordee.common.job.Tally;
import io.cordee.common.measure.ClassCounts;
import io.cordee.common.measure.Measures;
import io.cordee.common.measure.Ranking;
import io.cordee.common.measure.ValueSums;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Writes and reads what was counted over rows; whether it can be right is checked elsewhere. */
public final class TallyCodec {

  private TallyCodec() {}

  /** Without what metrics are computed from. */
  public static io.cordee.proto.v1.Tally.Builder writeCounts(Tally tally) {
    return io.cordee.proto.v1.Tally.newBuilder()
        .setRows(tally.rows())
        .setLossSum(tally.lossSum())
        .setCorrect(tally.correct())
        .setWithin(tally.within());
  }

  public static io.cordee.proto.v1.Tally.Builder write(Tally tally) {
    io.cordee.proto.v1.Tally.Builder message = writeCounts(tally);
    Measures measures = tally.measures().orElse(null);
    if (measures instanceof ClassCounts classes) {
      message.setClasses(write(classes));
    } else if (measures instanceof ValueSums values) {
      message.setValues(
          io.cordee.proto.v1.ValueSums.newBuilder()
              .addAllErrors(list(values.errors()))
              .addAllSquares(list(values.squares()))
              .addAllMeans(list(values.means()))
              .addAllDeviations(list(values.deviations())));
    } else if (measures != null) {
      throw new IllegalStateException("no case for " + measures);
    }
    return message;
  }

  private static io.cordee.proto.v1.ClassCounts.Builder write(ClassCounts counts) {
    io.cordee.proto.v1.ClassCounts.Builder message =
        io.cordee.proto.v1.ClassCounts.newBuilder()
            .addAllRight(list(counts.right()))
            .addAllLabelled(list(counts.labelled()))
            .addAllPredicted(list(counts.predicted()))
            .setTop(counts.top());
    counts
        .ranking()
        .ifPresent(
            ranking ->
                message.setRanking(
                    io.cordee.proto.v1.Ranking.newBuilder()
                        .setDropped(ranking.dropped())
                        .addAllKeys(Arrays.stream(ranking.keys()).boxed().toList())
                        .addAllZeros(list(ranking.zeros()))
                        .addAllOnes(list(ranking.ones()))));
    return message;
  }

  /** Without what metrics are computed from. */
  public static Tally readCounts(io.cordee.proto.v1.Tally tally) {
    return new Tally(tally.getRows(), tally.getLossSum(), tally.getCorrect(), tally.getWithin());
  }

  public static Tally read(io.cordee.proto.v1.Tally tally) {
    Tally counts = readCounts(tally);
    if (tally.hasClasses()) {
      return counts.with(read(tally.getClasses()));
    }
    return tally.hasValues() ? counts.with(read(tally.getRows(), tally.getValues())) : counts;
  }

  private static ClassCounts read(io.cordee.proto.v1.ClassCounts counts) {
    return new ClassCounts(
        longs(counts.getRightList()),
        longs(counts.getLabelledList()),
        longs(counts.getPredictedList()),
        counts.getTop(),
        counts.hasRanking() ? Optional.of(read(counts.getRanking())) : Optional.empty());
  }

  private static Ranking read(io.cordee.proto.v1.Ranking ranking) {
    return new Ranking(
        ranking.getDropped(),
        ranking.getKeysList().stream().mapToInt(Integer::intValue).toArray(),
        longs(ranking.getZerosList()),
        longs(ranking.getOnesList()));
  }

  private static ValueSums read(long rows, io.cordee.proto.v1.ValueSums sums) {
    return new ValueSums(
        rows,
        doubles(sums.getErrorsList()),
        doubles(sums.getSquaresList()),
        doubles(sums.getMeansList()),
        doubles(sums.getDeviationsList()));
  }

  private static List<Long> list(long[] counts) {
    return Arrays.stream(counts).boxed().toList();
  }

  private static List<Double> list(double[] sums) {
    return Arrays.stream(sums).boxed().toList();
  }

  private static long[] longs(List<Long> counts) {
    return counts.stream().mapToLong(Long::longValue).toArray();
  }

  private static double[] doubles(List<Double> sums) {
    return sums.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
