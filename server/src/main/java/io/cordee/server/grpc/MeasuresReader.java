package io.cordee.server.grpc;

import io.cordee.common.job.Tally;
import io.cordee.common.measure.ClassCounts;
import io.cordee.common.measure.Ranking;
import io.cordee.common.measure.ValueSums;
import java.util.List;
import java.util.Optional;

/** What a worker has counted over rows, out of its messages; not checked yet. */
final class MeasuresReader {

  private MeasuresReader() {}

  /** Without what metrics are computed from. */
  static Tally counts(io.cordee.proto.v1.Tally tally) {
    return new Tally(tally.getRows(), tally.getLossSum(), tally.getCorrect(), tally.getWithin());
  }

  static Tally tally(io.cordee.proto.v1.Tally tally) {
    Tally counts = counts(tally);
    if (tally.hasClasses()) {
      return counts.with(classes(tally.getClasses()));
    }
    return tally.hasValues() ? counts.with(values(tally.getRows(), tally.getValues())) : counts;
  }

  private static ClassCounts classes(io.cordee.proto.v1.ClassCounts counts) {
    return new ClassCounts(
        longs(counts.getRightList()),
        longs(counts.getLabelledList()),
        longs(counts.getPredictedList()),
        counts.getTop(),
        counts.hasRanking() ? Optional.of(ranking(counts.getRanking())) : Optional.empty());
  }

  private static Ranking ranking(io.cordee.proto.v1.Ranking ranking) {
    return new Ranking(
        ranking.getDropped(),
        ranking.getKeysList().stream().mapToInt(Integer::intValue).toArray(),
        longs(ranking.getZerosList()),
        longs(ranking.getOnesList()));
  }

  private static ValueSums values(long rows, io.cordee.proto.v1.ValueSums sums) {
    return new ValueSums(
        rows,
        doubles(sums.getErrorsList()),
        doubles(sums.getSquaresList()),
        doubles(sums.getMeansList()),
        doubles(sums.getDeviationsList()));
  }

  private static long[] longs(List<Long> counts) {
    return counts.stream().mapToLong(Long::longValue).toArray();
  }

  private static double[] doubles(List<Double> sums) {
    return sums.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
