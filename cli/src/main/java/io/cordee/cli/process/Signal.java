package io.cordee.cli.process;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Signals to processes that Java itself cannot send. */
public enum Signal {
  INT,
  QUIT,
  STOP,
  CONT;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Sends this signal to the processes that still run; returns true if all of them got it. */
  public boolean send(ProcessHandle... targets) throws IOException, InterruptedException {
    List<String> numbers =
        Stream.of(targets)
            .filter(ProcessHandle::isAlive)
            .map(target -> Long.toString(target.pid()))
            .toList();
    if (numbers.isEmpty()) {
      return false;
    }
    List<String> command = new ArrayList<>(List.of("kill", "-" + name()));
    command.addAll(numbers);
    Process kill =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      kill.destroyForcibly();
      throw new IOException("kill -" + name() + " took longer than " + PATIENCE.toSeconds() + " s");
    }
    return kill.exitValue() == 0; // not so where one has ended meanwhile
  }
}
