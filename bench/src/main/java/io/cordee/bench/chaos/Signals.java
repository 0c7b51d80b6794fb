package io.cordee.bench.chaos;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Sends signals to processes that this one has started. */
final class Signals {

  private static final long PATIENCE_SECONDS = 30;

  private Signals() {}

  /** Stops it where it is, until it is told to go on. */
  static void stop(Process process) throws IOException, InterruptedException {
    send("STOP", process);
  }

  static void goOn(Process process) throws IOException, InterruptedException {
    send("CONT", process);
  }

  /** Has a Java process print where its threads are. */
  static void dumpThreads(Process process) throws IOException, InterruptedException {
    send("QUIT", process);
  }

  private static void send(String signal, Process process)
      throws IOException, InterruptedException {
    if (!process.isAlive()) {
      return;
    }
    Process kill =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    // It fails where the process has ended by itself meanwhile.
    if (!kill.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      kill.destroyForcibly();
      throw new IOException("kill -" + signal + " took longer than " + PATIENCE_SECONDS + " s");
    }
  }
}
