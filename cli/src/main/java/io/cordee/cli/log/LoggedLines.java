package io.cordee.cli.log;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A stream whose lines are logged, each as one event; one that begins as a warning is one. */
final class LoggedLines extends OutputStream {

  /** The name of the logger. */
  static final String LOGGER = "console";

  private static final String WARNING = "warning: ";

  private final Logger log = LoggerFactory.getLogger(LOGGER);
  private final Level level;

  /** Guarded by the stream that writes here. */
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private LoggedLines(Level level) {
    this.level = level;
  }

  /** {@code level}: of lines that are no warnings. */
  static PrintStream at(Level level) {
    return new PrintStream(new LoggedLines(level), true, StandardCharsets.UTF_8);
  }

  @Override
  public void write(int character) {
    if (character != '\n') {
      line.write(character);
      return;
    }
    String text = line.toString(StandardCharsets.UTF_8).strip();
    line.reset();
    if (text.startsWith(WARNING)) {
      log.warn(text.substring(WARNING.length()));
    } else if (!text.isEmpty()) {
      log.atLevel(level).log(text);
    }
  }
}
