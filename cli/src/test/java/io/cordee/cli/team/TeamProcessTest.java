package io.cordee.cli.team;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TeamProcessTest {

  @TempDir private Path folder;

  /** A process that is what a test says. */
  private static final class MadeUp extends Process {

    private int code;
    private boolean isAlive = true;

    void die(int code) {
      this.code = code;
      isAlive = false;
    }

    @Override
    public boolean isAlive() {
      return isAlive;
    }

    @Override
    public void destroy() {
      die(143);
    }

    @Override
    public int exitValue() {
      if (isAlive) {
        throw new IllegalThreadStateException();
      }
      return code;
    }

    @Override
    public int waitFor() {
      throw new AssertionError("every wait has a deadline");
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
      return InputStream.nullInputStream();
    }
  }

  @Test
  void oneThatWasStartedAgainMayEndByItselfToo() throws Exception {
    MadeUp first = new MadeUp();
    MadeUp second = new MadeUp();
    TeamProcess worker = worker(first, second);
    first.die(137);
    while (worker.process() == first) {
      worker.tend(); // until its pause is over
    }
    worker.awaitFarewell(Duration.ZERO);
    assertTrue(second.isAlive(), "it hears of the end from the server");
  }

  private TeamProcess worker(Process... processes) throws IOException {
    Queue<Process> next = new ArrayDeque<>(List.of(processes));
    return new TeamProcess(
        "worker-1",
        next::remove,
        new RunProgress(folder.resolve("metrics.csv")),
        new Notices(folder.resolve("log"), TeamSetup.Printing.NOTHING));
  }
}
