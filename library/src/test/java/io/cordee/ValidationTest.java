package io.cordee;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows that are held out, and what is known of the weights on the way. */
@Timeout(60)
class ValidationTest {

  private static final int TRAIN = 48;
  private static final int HELD_OUT = 12;

  /** Its validation loss is least where the intercept is 2, which training passes. */
  private static class Passing extends Line {
    @Override
    public Stats measure(float[] parameters, Rows rows, float[] outputs) {
      return new Stats(rows.count(), rows.count() * distance(parameters));
    }
  }

  private static double distance(float[] parameters) {
    return Math.abs(parameters[3] - 2.0);
  }

  private static Job.Builder job() {
    return Line.job()
        .optimizer("gd", Map.of("learning_rate", 0.05))
        .rows(TRAIN)
        .validationRows(HELD_OUT);
  }

  @Test
  void rowsThatAreHeldOutAreScoredAndNotTrainedOn() {
    Set<Long> trainedOn = ConcurrentHashMap.newKeySet();
    Set<Long> scored = ConcurrentHashMap.newKeySet();
    List<Progress> told = new ArrayList<>();
    Result result;
    try (LocalTeam team =
        LocalTeam.of(
            job().build(),
            2,
            thread ->
                new Line() {
                  @Override
                  public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
                    note(rows, trainedOn);
                    return super.accumulate(parameters, rows, sums);
                  }

                  @Override
                  public Stats measure(float[] parameters, Rows rows, float[] outputs) {
                    note(rows, scored);
                    return super.accumulate(parameters, rows, new Sums(4, 1));
                  }
                })) {
      result = team.train(told::add);
    }
    assertEquals(numbers(0, TRAIN), trainedOn);
    assertEquals(numbers(TRAIN, TRAIN + HELD_OUT), scored);
    double expected = 0;
    for (int row = TRAIN; row < TRAIN + HELD_OUT; row++) {
      double[] x = {row % 7 - 3, row % 5 - 2, row % 3 - 1};
      float[] w = result.weights();
      double error =
          w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3] - (x[0] - 2 * x[1] + 3 * x[2] + 4);
      expected += error * error / 2 / HELD_OUT;
    }
    assertEquals(expected, result.validationLoss().orElseThrow(), 1e-5);
    assertEquals(told.get(30).validationLoss(), result.validationLoss());
  }

  private static void note(Rows rows, Set<Long> seen) {
    for (int i = 0; i < rows.count(); i++) {
      seen.add(rows.index(i));
    }
  }

  private static Set<Long> numbers(long from, long to) {
    return LongStream.range(from, to).boxed().collect(Collectors.toSet());
  }

  @Test
  void heldOutRowsChangeNoWeights() {
    assertEquals(
        train(Line.job().rows(TRAIN).build(), 1, new ArrayList<>()).digest(),
        train(Line.job().rows(TRAIN).validationRows(HELD_OUT).build(), 3, new ArrayList<>())
            .digest());
  }

  @Test
  void withoutImprovementItEndsAfterItsPatienceAndHasTheBestWeights() {
    List<Progress> told = new ArrayList<>();
    Result result = train(job().set("evaluate_every", 1).stop(Stop.patience(5)).build(), 2, told);
    Result.Best best = result.best().orElseThrow();
    assertEquals(best.round() + 5, result.rounds());
    assertTrue(result.message().contains("improve"), result::toString);
    Progress least =
        told.stream()
            .min(Comparator.comparingDouble(it -> it.validationLoss().orElseThrow()))
            .orElseThrow();
    assertEquals(least.round(), best.round());
    assertEquals(least.validationLoss().orElseThrow(), best.loss());
    assertEquals(distance(best.weights()), best.loss());
    assertTrue(best.loss() < distance(result.weights()), result::toString);
  }

  @Test
  void patienceIsInEpochsOrInRounds() {
    Job.Builder batches =
        job().batch(12).set("partitions", 4).set("stop.rounds", 1000).set("evaluate_every", 1);
    int rounds = after(train(batches.stop(Stop.patienceRounds(3)).build(), 1, new ArrayList<>()));
    assertEquals(3, rounds);
    int epochs = after(train(batches.stop(Stop.patience(3)).build(), 1, new ArrayList<>()));
    assertEquals(3 * TRAIN / 12, epochs);
  }

  private static int after(Result result) {
    return result.rounds() - result.best().orElseThrow().round();
  }

  @Test
  void thereAreNoBestWeightsWithoutRowsToTellThem() {
    Result result = train(Line.job().build(), 1, new ArrayList<>());
    assertTrue(result.best().isEmpty() && result.validationLoss().isEmpty(), result::toString);
  }

  // ---- weights on the way ----

  @Test
  void weightsAreThereInTheRoundsThatWereAskedFor() {
    List<Progress> told = new ArrayList<>();
    List<Integer> with = new ArrayList<>();
    CountDownLatch first = new CountDownLatch(1);
    try (LocalTeam team = LocalTeam.of(job().build(), 2, thread -> new Passing())) {
      team.weightsEvery(30)
          .train(
              progress -> {
                first.countDown();
                told.add(progress);
                if (progress.weights().isPresent()) {
                  with.add(progress.round());
                }
              });
    }
    assertEquals(List.of(0, 30), with);
    assertArrayEquals(new float[4], told.get(0).weights().orElseThrow());
    Progress last = told.get(30);
    assertEquals(
        last.validationLoss().orElseThrow(), distance(last.weights().orElseThrow()), "its own");
  }

  @Test
  void aListenerThatIsLateFindsTheLatestWeightsAlone() {
    List<Integer> with = new ArrayList<>();
    CountDownLatch over = new CountDownLatch(1);
    try (LocalTeam team =
        LocalTeam.of(
            Line.job().build(),
            1,
            thread ->
                new Line() {
                  @Override
                  public void close() {
                    over.countDown();
                  }
                })) {
      team.weightsEvery(10)
          .train(
              progress -> {
                await(over);
                progress.weights().ifPresent(weights -> with.add(progress.round()));
              });
    }
    assertEquals(List.of(20, 30), with.subList(with.size() - 2, with.size()));
    assertTrue(with.size() <= 3, with::toString);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void weightsAreTakenEveryRoundAtLeast() {
    try (LocalTeam team = LocalTeam.of(job().build(), 1, thread -> new Line())) {
      assertEquals(
          "weightsEvery: expected at least 1 round; found 0",
          assertThrows(CordeeException.class, () -> team.weightsEvery(0)).getMessage());
    }
  }

  private static Result train(Job job, int threads, List<Progress> told) {
    try (LocalTeam team = LocalTeam.of(job, threads, thread -> new Passing())) {
      return team.train(told::add);
    }
  }
}
