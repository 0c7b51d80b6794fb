package io.cordee.cli.commandline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandLinesTest {

  @Command(name = "large")
  private static final class Large implements Callable<Integer> {
    @Override
    public Integer call() {
      // As a parallel stream passes on what a thread of its pool has thrown.
      OutOfMemoryError ofAnotherThread = new OutOfMemoryError();
      ofAnotherThread.initCause(new OutOfMemoryError("Java heap space"));
      throw ofAnotherThread;
    }
  }

  @Test
  void aCommandThatRunsOutOfMemorySaysWhatGivesItMore() {
    StringWriter said = new StringWriter();
    CommandLine line = CommandLines.of(new Large()).setErr(new PrintWriter(said, true));
    assertEquals(ExitCode.OUT_OF_MEMORY, line.execute());
    assertEquals(
        "out of memory (Java heap space); give this process more with CORDEE_JAVA_OPTS=-Xmx...",
        said.toString().strip());
  }
}
