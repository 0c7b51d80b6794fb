package io.cordee.common.job.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class IdColumnTest {

  private static IdColumn separatedBy(String separator) {
    return new IdColumn(2, 4, 1, separator, IdColumn.Pool.SUM, false);
  }

  private static List<String> ids(String separator, String cell) {
    List<String> ids = new ArrayList<>();
    separatedBy(separator).forEachId(cell, ids::add);
    return ids;
  }

  @Test
  void aCellIsOneIdOrThoseBetweenSeparators() {
    assertEquals(List.of("a b"), ids("", "a b"));
    assertEquals(List.of(""), ids("", ""));
    assertEquals(List.of("a", "b", "a"), ids(" ", " a  b a "));
    assertEquals(List.of("a", "-b"), ids("--", "a---b"));
    assertEquals(List.of(), ids(" ", ""));
  }

  @Test
  void theFirstIdOfACellIsThereBeforeTheLastIsLookedFor() {
    String cell = "a ".repeat(1 << 20);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<Long> allocated = new ArrayList<>();
    Consumer<String> note =
        id -> {
          if (allocated.size() < 2) {
            allocated.add(threads.getCurrentThreadAllocatedBytes());
          }
        };
    note.accept("before");
    separatedBy(" ").forEachId(cell, note);
    assertTrue(allocated.get(1) - allocated.get(0) < cell.length(), allocated::toString);
  }
}
