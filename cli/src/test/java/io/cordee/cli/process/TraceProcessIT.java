package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class TraceProcessIT {

  @TempDir private Path folder;

  @Test
  void theWayDownTheWellIsPrintedAsCsvFromTheStartOn() {
    Ended ended =
        Cordee.in(folder)
            .run("trace", "--function=well", "--start=1,0.5", "--rule=rprop", "--rounds=20")
            .expectSuccess();

    List<String> lines = ended.out().lines().toList();
    assertEquals("round,x1,x2,f", lines.get(0));
    assertTrue(lines.get(1).startsWith("0,1.0,0.5,-0.38"), lines.get(1)); // -exp(-61/64)
    assertEquals(1 + 21, lines.size());
    double end = Double.parseDouble(lines.get(21).split(",")[3]);
    assertTrue(end < -0.99, "near the bottom at -1: " + end);
    assertEquals("", ended.err());
  }
}
