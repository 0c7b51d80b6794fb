package io.cordee.bench.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;

/** The file that says, line by line, what was done to a team and when. */
final class EventLog implements AutoCloseable {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

  private final PrintWriter out;

  private EventLog(Writer out) {
    this.out = new PrintWriter(out, true);
  }

  static EventLog begin(Path file) throws IOException {
    return new EventLog(Files.newBufferedWriter(file));
  }

  void note(String what) {
    out.println(LocalTime.now().format(TIME) + " " + what);
  }

  @Override
  public void close() {
    out.close();
  }
}
