package io.cordee.common.retry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private static final RandomGenerator HALF =
      new RandomGenerator() {
        @Override
        public double nextDouble() {
          return 0.5;
        }

        @Override
        public long nextLong() {
          throw new AssertionError("only doubles are drawn");
        }
      };

  @Test
  void theLimitDoublesFromATenthOfASecondToTheLongest() {
    List<Long> limits = limits(new Backoff(HALF, SECOND), 8);
    assertEquals(List.of(100L, 200L, 400L, 800L, 1000L, 1000L, 1000L, 1000L), limits);
  }

  @Test
  void afterASuccessItIsShortAgain() {
    Backoff backoff = new Backoff(HALF, SECOND);
    limits(backoff, 5);
    backoff.reset();
    assertEquals(List.of(100L, 200L), limits(backoff, 2));
  }

  @Test
  void pausesAreAnywhereBetweenZeroAndTheLimit() {
    Backoff backoff = new Backoff(new SplittableRandom(1), SECOND);
    limits(backoff, 10);
    double[] pauses =
        Stream.generate(backoff::next).limit(1000).mapToDouble(Duration::toMillis).toArray();
    int[] counts = new int[5];
    for (double pause : pauses) {
      assertTrue(pause >= 0 && pause < 1000, () -> "a pause of " + pause + " ms");
      counts[(int) (pause / 200)]++;
    }
    for (int count : counts) {
      assertTrue(count > 100, () -> count + " of 1000 in a fifth");
    }
  }

  private static List<Long> limits(Backoff backoff, int count) {
    return LongStream.generate(() -> 2 * backoff.next().toMillis()).limit(count).boxed().toList();
  }
}
