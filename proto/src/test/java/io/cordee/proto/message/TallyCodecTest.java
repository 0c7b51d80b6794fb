package io.cordee.proto.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.Tally;
import io.cordee.common.measure.Metric;
import io.cordee.proto.v1.ClassCounts;
import io.cordee.proto.v1.Ranking;
import io.cordee.proto.v1.ValueSums;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Worked out from the contract. */
class TallyCodecTest {

  private static io.cordee.proto.v1.Tally.Builder threeRows() {
    return io.cordee.proto.v1.Tally.newBuilder().setRows(3).setLossSum(1.5).setCorrect(2);
  }

  /** Outputs −1 of class 0, and 0.5 and 2 of class 1, of which 0.5 is predicted as 0. */
  @Test
  void classesAreCountedAndRanked() {
    Tally tally =
        TallyCodec.read(
            threeRows()
                .setClasses(
                    ClassCounts.newBuilder()
                        .addRight(1)
                        .addRight(1)
                        .addLabelled(1)
                        .addLabelled(2)
                        .addPredicted(2)
                        .addPredicted(1)
                        .setRanking(
                            Ranking.newBuilder()
                                .addKeys(0xbf800000 ^ Integer.MAX_VALUE)
                                .addKeys(0x3f000000)
                                .addKeys(0x40000000)
                                .addZeros(1)
                                .addZeros(0)
                                .addZeros(0)
                                .addOnes(0)
                                .addOnes(1)
                                .addOnes(1)))
                .build());
    tally.measures().orElseThrow().check(3, true, 1);
    assertEquals((1 / 2.0 + 1) / 2, tally.of(Metric.PRECISION));
    assertEquals((1 + 1 / 2.0) / 2, tally.of(Metric.RECALL));
    assertEquals(1, tally.of(Metric.AUC));
    assertEquals(new Tally(3, 1.5, 2, 0, tally.measures()), tally);
  }

  /** Targets 1, 2, 6, each missed by 1. */
  @Test
  void valuesAreSummed() {
    Tally tally =
        TallyCodec.read(
            threeRows()
                .setValues(
                    ValueSums.newBuilder()
                        .addErrors(3)
                        .addSquares(3)
                        .addMeans(3)
                        .addDeviations(4 + 1 + 9))
                .build());
    tally.measures().orElseThrow().check(3, false, 1);
    assertEquals(1, tally.of(Metric.MAE));
    assertEquals(1 - 3 / 14.0, tally.of(Metric.R2));
  }

  @Test
  void aWorkerMayCountNothingOfTheKind() {
    assertEquals(Optional.empty(), TallyCodec.read(threeRows().build()).measures());
  }
}
