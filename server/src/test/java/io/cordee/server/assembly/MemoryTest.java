package io.cordee.server.assembly;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.reduce.Shard;
import io.cordee.common.text.OutOfMemory;
import io.cordee.server.MadeUpJob;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryTest {

  private static final long MB = 1_000_000;

  /** 1,500,010 parameters, 6 MB a vector. */
  private static final String LAYERS = "model.layers=[64,20000,10]";

  private static Memory memory(int workers, String... overrides) {
    String[] all = new String[overrides.length + 1];
    all[0] = LAYERS;
    System.arraycopy(overrides, 0, all, 1, overrides.length);
    return Memory.of(MadeUpJob.job(all), Shard.WHOLE, workers);
  }

  private static boolean fits(Memory memory, long available) {
    try {
      memory.check(available);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The least heaps measured to be enough with one worker, in MB of long-lived objects. */
  @ParameterizedTest
  @CsvSource({"gd,35", "rprop,52", "adam,44"})
  void atLeastWhatWasMeasuredIsAskedFor(String optimizer, int measured) {
    Memory memory = memory(1, "optimizer.name=" + optimizer);
    assertFalse(fits(memory, measured * MB));
    assertTrue(fits(memory, 2 * measured * MB), "and not much more");
  }

  @Test
  void contributionsOfMoreWorkersMayHaveToWait() {
    long one = memory(1).contributions();
    long four = memory(4).contributions();
    assertEquals(memory(1).passing(), one, "one vector");
    assertTrue(four > 3 * one && four < 4 * one + 1, () -> one + ", " + four);
    assertTrue(memory(256).contributions() < 64 * one, "most are added up at once");
    assertTrue(memory(4, "mode=async").contributions() < four, "none of them waits");
  }

  @Test
  void rowsOfATableThatTheDataMayLeaveUntouchedAreNotCounted() {
    String[] sparse = sparse(50_000, 30);
    Memory memory = Memory.of(MadeUpJob.job(sparse), Shard.WHOLE, 1);
    assertTrue(memory.state() < MB, "what precedes the table");
    assertTrue(memory.passing() < MB, "the last weights, too");
    assertTrue(memory.untouched() >= 24 * MB, "two versions, contributions, and the last weights");
    assertTrue(fits(memory, 25 * MB));
    assertTrue(memory.warning(40 * MB).orElseThrow().contains("if the data touch all rows"));
    assertTrue(memory.warning(100 * MB).isEmpty());
    String[] decayed = Arrays.copyOf(sparse, 6);
    decayed[5] = "optimizer={name: gd, weight_decay: 0.1}";
    assertTrue(Memory.of(MadeUpJob.job(decayed), Shard.WHOLE, 1).state() >= 12 * MB);
  }

  private static String[] sparse(int rows, int width) {
    return new String[] {
      "model.layers=[" + rows + "," + width + ",1]",
      "model.output=sigmoid",
      "model.sparse=true",
      "data.train={format: libsvm, file: a.svm, classes: ['0', '1']}",
      "data.test={format: libsvm, file: a.svm, classes: ['0', '1']}",
    };
  }

  /** A heap as large as advised has room for it. */
  @Test
  void anEighthOfTheHeapIsForWhatWorkersHoldOfATable() {
    Job job = MadeUpJob.job(sparse(4_000_000, 4));
    long heap = OutOfMemory.available();
    assertEquals(heap / 8, Memory.forHoldings(job));
    Optional<String> advice = Optional.empty();
    Memory memory = Memory.of(job, Shard.WHOLE, 1);
    for (int width = 4; advice.isEmpty(); width *= 2) {
      memory = Memory.of(MadeUpJob.job(sparse(4_000_000, width)), Shard.WHOLE, 1);
      advice = memory.warning(Memory.available(job));
    }
    long megabytes = Long.parseLong(advice.get().replaceAll(".*-Xmx(\\d+)m.*", "$1"));
    double share = (double) heap / Runtime.getRuntime().maxMemory();
    long given = (long) (share * megabytes * (1 << 20));
    assertTrue(memory.warning(given - given / 8).isEmpty(), advice::get);
    assertEquals(0, Memory.forHoldings(MadeUpJob.job()), "there is no table");
    assertEquals(heap, Memory.available(MadeUpJob.job()));
  }

  @Test
  void theHessianOfAModelIsCounted() {
    Memory memory =
        Memory.of(
            MadeUpJob.job(
                "model.layers=[100,20,10]", "optimizer.name=newton", "optimizer.curvature=full"),
            Shard.WHOLE,
            1);
    int parameters = memory.parameters();
    assertTrue(memory.contributions() >= 4L * parameters * parameters);
    assertTrue(memory.passing() >= 8L * parameters * parameters);
  }

  @Test
  void aShardTakesItsPart() {
    Memory whole = memory(2);
    Memory part = Memory.of(MadeUpJob.job(LAYERS), new Shard(1, 2), 2);
    assertTrue(part.state() < 0.6 * whole.state());
    Memory lead = Memory.of(MadeUpJob.job(LAYERS), new Shard(0, 2), 2);
    assertEquals(whole.passing(), lead.passing(), "the weights of all come together there");
    assertTrue(part.passing() < 0.6 * whole.passing());
  }

  @Test
  void whatIsLeftIsForWhatWaitsForTheDisk() {
    Memory memory = memory(1);
    long least = memory.forDisk(0);
    assertTrue(least > 0);
    assertTrue(memory.forDisk(1000 * MB) > memory.state(), "a whole checkpoint");
    assertEquals(memory.forDisk(10_000 * MB), memory.forDisk(1000 * MB), "and no more");
    assertEquals(0, memory(1, "checkpoint.every=0").forDisk(0));
  }

  @Test
  void theRefusalNamesAHeapThatDoes() {
    long available = OutOfMemory.available();
    int times = 1;
    while (fits(larger(times), available)) {
      times *= 2;
    }
    Memory tooLarge = larger(times);
    String refusal =
        assertThrows(IllegalArgumentException.class, () -> tooLarge.check(available)).getMessage();
    String megabytes = refusal.replaceAll(".*-Xmx(\\d+)m.*", "$1");
    double share = (double) available / Runtime.getRuntime().maxMemory();
    long given = (long) (Long.parseLong(megabytes) * (1 << 20) * share);
    assertDoesNotThrow(() -> tooLarge.check(given));
  }

  private static Memory larger(int times) {
    return Memory.of(MadeUpJob.job("model.layers=[64," + 20_000 * times + ",10]"), Shard.WHOLE, 1);
  }
}
