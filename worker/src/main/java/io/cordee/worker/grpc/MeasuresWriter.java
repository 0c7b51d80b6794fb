package io.cordee.worker.grpc;

import io.cordee.common.job.Tally;
import io.cordee.common.measure.ClassCounts;
import io.cordee.common.measure.Measures;
import io.cordee.common.measure.Ranking;
import io.cordee.common.measure.ValueSums;
import java.util.Arrays;
import java.util.List;

/** What was counted over rows, as messages. */
final class MeasuresWriter {

  private MeasuresWriter() {}

  /** Without what metrics are computed from. */
  static io.cordee.proto.v1.Tally.Builder counts(Tally tally) {
    return io.cordee.proto.v1.Tally.newBuilder()
        .setRows(tally.rows())
        .setLossSum(tally.lossSum())
        .setCorrect(tally.correct())
        .setWithin(tally.within());
  }

  static io.cordee.proto.v1.Tally.Builder message(Tally tally) {
    io.cordee.proto.v1.Tally.Builder message = counts(tally);
    if (tally.measures().isPresent()) {
      Measures measures = tally.measures().get();
      if (measures instanceof ClassCounts classes) {
        message.setClasses(classes(classes));
      } else if (measures instanceof ValueSums values) {
        message.setValues(values(values));
      }
    }
    return message;
  }

  private static io.cordee.proto.v1.ClassCounts.Builder classes(ClassCounts counts) {
    io.cordee.proto.v1.ClassCounts.Builder message =
        io.cordee.proto.v1.ClassCounts.newBuilder()
            .addAllRight(list(counts.right()))
            .addAllLabelled(list(counts.labelled()))
            .addAllPredicted(list(counts.predicted()))
            .setTop(counts.top());
    counts.ranking().ifPresent(ranking -> message.setRanking(ranking(ranking)));
    return message;
  }

  private static io.cordee.proto.v1.Ranking.Builder ranking(Ranking ranking) {
    return io.cordee.proto.v1.Ranking.newBuilder()
        .setDropped(ranking.dropped())
        .addAllKeys(list(ranking.keys()))
        .addAllZeros(list(ranking.zeros()))
        .addAllOnes(list(ranking.ones()));
  }

  private static io.cordee.proto.v1.ValueSums.Builder values(ValueSums sums) {
    return io.cordee.proto.v1.ValueSums.newBuilder()
        .addAllErrors(list(sums.errors()))
        .addAllSquares(list(sums.squares()))
        .addAllMeans(list(sums.means()))
        .addAllDeviations(list(sums.deviations()));
  }

  private static List<Long> list(long[] counts) {
    return Arrays.stream(counts).boxed().toList();
  }

  private static List<Integer> list(int[] keys) {
    return Arrays.stream(keys).boxed().toList();
  }

  private static List<Double> list(double[] sums) {
    return Arrays.stream(sums).boxed().toList();
  }
}
