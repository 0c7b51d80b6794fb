package io.cordee;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.function.CurvatureFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LocalTeamTest {

  private static final Stop NEVER = Stop.rounds(1_000_000_000);

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "irprop+", "nesterov", "adam"})
  void aTeamOfAnySizeEndsEveryRoundWithTheSameBits(String optimizer) {
    Job job = Line.job().optimizer(optimizer).build();
    List<Progress> alone = new ArrayList<>();
    List<Progress> together = new ArrayList<>();
    Result one = train(job, 1, alone);
    Result four = train(job, 4, together);
    assertEquals(digests(alone), digests(together));
    assertEquals(31, new HashSet<>(digests(alone)).size(), "every round moves the weights");
    assertArrayEquals(one.weights(), four.weights());
    assertEquals(one.digest(), four.digest());
    assertEquals(one.digest(), digests(alone).get(30));
  }

  @Test
  void whatHasComeOfItIsWhatWasToldLast() {
    List<Progress> told = new ArrayList<>();
    Result result = train(Line.job().build(), 2, told);
    Progress last = told.get(told.size() - 1);
    assertEquals(30, result.rounds());
    assertEquals(30, last.round());
    assertEquals(30, last.rounds());
    assertEquals(last.loss(), result.loss());
    assertTrue(result.loss() < told.get(0).loss() / 4, result::toString);
    assertEquals("completed after 30 rounds", result.message());
    assertEquals(Line.LAYOUT, result.layout());
  }

  @Test
  void trainingBeginsAtTheFirstWeightsAndLeavesThemAsTheyAre() {
    float[] first = {1, -2, 3, 4};
    Job job = Line.job().parameters(Line.LAYOUT, first).stop(Stop.loss(0)).build();
    first[0] = 5;
    Result result = train(job, 1, new ArrayList<>());
    assertEquals(0, result.rounds());
    assertEquals(0, result.loss());
    assertArrayEquals(new float[] {1, -2, 3, 4}, result.weights());
  }

  @Test
  void batchesAreDrawnFromTheRows() {
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    Job job = Line.job().optimizer("adam", Map.of("learning_rate", 0.5)).batch(24).build();
    try (LocalTeam team =
        LocalTeam.of(
            job,
            2,
            thread ->
                new Line() {
                  @Override
                  protected float[] point(long row) {
                    seen.add(row);
                    return super.point(row);
                  }
                })) {
      team.train();
    }
    assertEquals(Line.ROWS, seen.size());
  }

  @Test
  void everyComputeThreadHasAFunctionOfItsOwn() {
    AtomicInteger open = new AtomicInteger();
    Set<Integer> threads = ConcurrentHashMap.newKeySet();
    try (LocalTeam team =
        LocalTeam.of(
            Line.job().build(),
            2,
            thread -> {
              open.incrementAndGet();
              assertTrue(threads.add(thread));
              return new Line() {
                @Override
                public void close() {
                  open.decrementAndGet();
                }
              };
            })) {
      team.train();
    }
    assertTrue(threads.contains(0), threads::toString);
    assertTrue(threads.size() <= 3, threads::toString);
    assertEquals(0, open.get());
  }

  @Test
  void aListenerThatHangsDelaysNobody() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    Job job = Line.job().build();
    try (LocalTeam team = LocalTeam.of(job, 1, thread -> new Line())) {
      Result result =
          team.train(
              progress -> {
                try {
                  over.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      assertEquals(30, result.rounds());
    }
    over.countDown();
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 30})
  void whatAListenerThrowsEndsTheTraining(int round) {
    AtomicInteger last = new AtomicInteger();
    try (LocalTeam team = LocalTeam.of(Line.job().build(), 1, thread -> new Line())) {
      CordeeException e =
          assertThrows(
              CordeeException.class,
              () ->
                  team.train(
                      progress -> {
                        last.set(progress.round());
                        if (progress.round() == round) {
                          throw new IllegalStateException("no room");
                        }
                      }));
      assertEquals("the listener threw java.lang.IllegalStateException: no room", e.getMessage());
      assertInstanceOf(IllegalStateException.class, e.getCause());
      assertTrue(e.lastGood().orElseThrow().rounds() >= round);
      assertEquals(round, last.get(), "it is told no more");
    }
  }

  @Test
  void anUndeclaredCheckedExceptionOfAListenerEndsTheTraining() {
    IOException thrown = new IOException("no room");
    try (LocalTeam team = LocalTeam.of(Line.job().build(), 1, thread -> new Line())) {
      CordeeException e =
          assertThrows(CordeeException.class, () -> team.train(progress -> sneak(thrown)));
      assertEquals("the listener threw java.io.IOException: no room", e.getMessage());
      assertSame(thrown, e.getCause());
    }
  }

  // ---- early ends ----

  @Test
  void stoppedItReturnsTheWeightsSoFar() {
    Job job = Line.job().optimizer("gd").stop(NEVER).build();
    try (LocalTeam team = LocalTeam.of(job, 2, thread -> new Line())) {
      Result result =
          team.train(
              progress -> {
                if (progress.round() == 20) {
                  team.stop();
                }
              });
      assertTrue(result.rounds() >= 20, result::toString);
      assertTrue(result.message().contains("stopped"), result::toString);
    }
  }

  @Test
  void withoutANumberOfRoundsItEndsByItsOtherConditionAlone() {
    Job job =
        Job.builder()
            .parameters(Line.LAYOUT, new float[4])
            .rows(Line.ROWS)
            .optimizer("gd", Map.of("learning_rate", 1e-4))
            .stop(Stop.loss(9.5))
            .build();
    Result result = train(job, 2, new ArrayList<>());
    assertTrue(result.rounds() > 100, result::toString);
    assertTrue(result.message().endsWith("(the loss asked for is reached)"), result::toString);
  }

  @Test
  void interruptedItThrowsAndTheThreadStaysInterrupted() {
    Job job = Line.job().optimizer("gd").stop(NEVER).build();
    Thread trainer = Thread.currentThread();
    try (LocalTeam team = LocalTeam.of(job, 2, thread -> new Line())) {
      CordeeException e =
          assertThrows(
              CordeeException.class,
              () ->
                  team.train(
                      progress -> {
                        if (progress.round() == 20) {
                          trainer.interrupt();
                        }
                      }));
      assertTrue(Thread.interrupted());
      assertEquals("interrupted", e.getMessage());
      assertTrue(e.lastGood().orElseThrow().rounds() >= 20);
    }
  }

  @Test
  void closedByAnotherThreadItThrowsThere() throws Exception {
    CountDownLatch underWay = new CountDownLatch(1);
    LocalTeam team =
        LocalTeam.of(Line.job().optimizer("gd").stop(NEVER).build(), 2, thread -> new Line());
    CompletableFuture<Result> training =
        CompletableFuture.supplyAsync(() -> team.train(progress -> underWay.countDown()));
    underWay.await();
    team.close();
    team.close();
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> training.get(10, TimeUnit.SECONDS));
    assertEquals("the team was closed before the job was over", e.getCause().getMessage());
  }

  @Test
  void closedByAListenerItThrows() {
    Job job = Line.job().optimizer("gd").stop(NEVER).build();
    LocalTeam team = LocalTeam.of(job, 2, thread -> new Line());
    CordeeException e =
        assertThrows(CordeeException.class, () -> team.train(progress -> team.close()));
    assertEquals("the team was closed before the job was over", e.getMessage());
    assertTrue(e.lastGood().isPresent());
  }

  @Test
  void itLeavesNoThreadsBehind() throws Exception {
    train(Line.job().build(), 3, new ArrayList<>());
    LocalTeam.of(Line.job().build(), 3, thread -> new Line()).close();
    for (int i = 0; i < 50 && !ownThreads().isEmpty(); i++) {
      Thread.sleep(100);
    }
    assertEquals(Set.of(), ownThreads());
  }

  @Test
  void itTrainsOnce() {
    try (LocalTeam team = LocalTeam.of(Line.job().build(), 1, thread -> new Line())) {
      team.train();
      assertEquals(
          "a team trains its job once; make another one",
          assertThrows(CordeeException.class, team::train).getMessage());
    }
  }

  @Test
  void newtonTakesAFunctionWithCurvature() {
    Job job =
        Line.job().optimizer("newton", Map.of("curvature", "full", "learning_rate", 1)).build();
    try (LocalTeam team = LocalTeam.of(job, 2, thread -> new CurvedLine())) {
      assertArrayEquals(new float[] {1, -2, 3, 4}, team.train().weights(), 1e-3f);
    }
  }

  @Test
  void newtonWithoutCurvatureIsRefusedBeforeTraining() {
    Job job = Line.job().optimizer("newton").build();
    CordeeException none = failure(job, thread -> new Line());
    assertMessage("make it a CurvatureFunction that adds second derivatives", none);
    final class Forgetful extends Line implements CurvatureFunction {}
    CordeeException forgotten = failure(job, thread -> new Forgetful());
    assertMessage("expected second derivatives in sums.extra(); found zeros alone", forgotten);
    assertEquals(0, forgotten.lastGood().orElseThrow().rounds());
  }

  private static final class CurvedLine extends Line implements CurvatureFunction {
    @Override
    public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
      float[] hessian = sums.extra();
      for (int i = 0; i < rows.count(); i++) {
        float[] x = point(rows.index(i));
        float[] all = {x[0], x[1], x[2], 1};
        for (int j = 0; j < hessian.length; j++) {
          hessian[j] += all[j / 4] * all[j % 4];
        }
      }
      return super.accumulate(parameters, rows, sums);
    }
  }

  // ---- errors ----

  @Test
  void whatAFunctionThrowsIsToldWithItsPlace() {
    CordeeException e =
        failure(
            thread ->
                new Line() {
                  @Override
                  protected float[] point(long row) {
                    if (row == 17) {
                      throw new IllegalStateException("no such point");
                    }
                    return super.point(row);
                  }
                });
    assertEquals(
        "round 1, partition 2: the gradient function threw IllegalStateException: no such point",
        e.getMessage());
    assertInstanceOf(IllegalStateException.class, e.getCause());
  }

  @Test
  void anUndeclaredCheckedExceptionOfAFunctionIsToldAsAnyOther() {
    IOException thrown = new IOException("no such point");
    CordeeException e =
        failure(
            thread ->
                new Line() {
                  @Override
                  protected float[] point(long row) {
                    return row == 17 ? sneak(thrown) : super.point(row);
                  }
                });
    assertEquals(
        "round 1, partition 2: the gradient function threw IOException: no such point",
        e.getMessage());
    assertSame(thrown, e.getCause());
    assertSame(thrown, failure(thread -> sneak(thrown)).getCause());
  }

  @Test
  void everyFunctionIsClosedThoughOneThrowsWhatItDoesNotDeclare() {
    AtomicInteger made = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    try (LocalTeam team =
        LocalTeam.of(
            Line.job().build(),
            4,
            thread -> {
              made.incrementAndGet();
              return new Line() {
                @Override
                public void close() {
                  closed.incrementAndGet();
                  sneak(new IOException("still open"));
                }
              };
            })) {
      team.train();
    }
    assertEquals(made.get(), closed.get());
  }

  /** As code in Scala or Kotlin throws, which declares nothing. */
  private static <T> T sneak(Throwable thrown) {
    return LocalTeamTest.<T, RuntimeException>undeclared(thrown);
  }

  @SuppressWarnings("unchecked")
  private static <T, X extends Throwable> T undeclared(Throwable thrown) throws X {
    throw (X) thrown;
  }

  @Test
  void whatIsNotFiniteIsToldAndTheLastGoodWeightsStand() {
    CordeeException e =
        failure(
            thread ->
                new Line() {
                  private int calls;

                  @Override
                  protected float[] point(long row) {
                    return row == 17 && calls++ > 10
                        ? new float[] {0, Float.NaN, 0}
                        : super.point(row);
                  }
                });
    assertMessage("the gradient of slope is not finite on partition 2", e);
    Result lastGood = e.lastGood().orElseThrow();
    assertTrue(lastGood.rounds() > 3, lastGood::toString);
    for (float weight : lastGood.weights()) {
      assertTrue(Float.isFinite(weight));
    }
  }

  @Test
  void aFunctionOfAnotherLayoutIsRefused() {
    CordeeException e =
        failure(
            thread ->
                new Line() {
                  @Override
                  public Layout layout() {
                    return Layout.of(Map.of("slope", List.of(4)));
                  }
                });
    assertMessage("its tensor 1 is slope of shape [4], and the job's is slope of shape [3]", e);
  }

  @Test
  void aFunctionThatCannotBeMadeIsTold() {
    assertMessage(
        "no such table",
        failure(
            thread -> {
              throw new IllegalArgumentException("no such table");
            }));
    assertMessage("there is none", failure(thread -> null));
  }

  @Test
  void aTeamNeedsAThread() {
    assertEquals(
        "a team needs at least 1 compute thread; found 0",
        assertThrows(
                CordeeException.class,
                () -> LocalTeam.of(Line.job().build(), 0, thread -> new Line()))
            .getMessage());
  }

  private static CordeeException failure(IntFunction<Line> function) {
    return failure(Line.job().build(), function);
  }

  private static CordeeException failure(Job job, IntFunction<Line> function) {
    try (LocalTeam team = LocalTeam.of(job, 2, function)) {
      return assertThrows(CordeeException.class, team::train);
    }
  }

  private static void assertMessage(String words, CordeeException e) {
    assertTrue(e.getMessage().contains(words), e::getMessage);
    assertFalse(e.getMessage().contains("\n"), e::getMessage);
  }

  private static Result train(Job job, int threads, List<Progress> told) {
    try (LocalTeam team = LocalTeam.of(job, threads, thread -> new Line())) {
      return team.train(told::add);
    }
  }

  private static List<String> digests(List<Progress> told) {
    return told.stream().map(Progress::digest).toList();
  }

  private static Set<String> ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.matches("(cordee|server|from-server|compute|pulse|heartbeat).*"))
        .collect(Collectors.toSet());
  }
}
