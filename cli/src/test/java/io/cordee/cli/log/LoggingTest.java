package io.cordee.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;

class LoggingTest {

  private static final String ROLE = "50% (of) {all} \\ %msg";

  private final LoggerContext context = new LoggerContext();

  private String line(Level level, String message, Throwable thrown) {
    var layout = Logging.text(context, ROLE);
    var logger = context.getLogger("training");
    LoggingEvent event = new LoggingEvent("", logger, level, message, thrown, new Object[] {"7"});
    event.setThreadName("main");
    String line = layout.doLayout(event);
    assertTrue(line.matches("(?s)[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} .*"), line);
    return line.substring("00:00:00.000 ".length());
  }

  @Test
  void aLineNamesTheRoleAsItIsTheLevelAndTheThread() {
    assertEquals(
        ROLE + " INFO  [main] round 7 of\n50 in größter Eile\n",
        line(Level.INFO, "round {} of\n50 in größter Eile", null));
  }

  @Test
  void noLineSteersTheTerminal() {
    assertEquals(
        ROLE + " ERROR [main] row 7: _]0;title__\n",
        line(Level.ERROR, "row {}: \u001b]0;title\u0007\r", null));
  }

  @Test
  void aLineEndsWithWhatWasThrown() {
    Exception cause = new IllegalStateException("of\tthe \u001b[31mfile");
    String line = line(Level.WARN, "lost", new RuntimeException("two\nlines", cause));
    assertTrue(
        line.startsWith(ROLE + " WARN  [main] lost\njava.lang.RuntimeException: two\nlines\n"),
        line);
    assertTrue(
        line.contains("Caused by: java.lang.IllegalStateException: of\tthe _[31mfile\n"), line);
    assertFalse(line.contains("\u001b"), line);
  }
}
