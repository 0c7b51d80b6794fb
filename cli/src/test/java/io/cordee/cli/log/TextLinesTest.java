package io.cordee.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextLinesTest {

  private static final LoggerContext CONTEXT = new LoggerContext();

  private static LoggingEvent event(Level level, String message, Throwable thrown) {
    Logger logger = CONTEXT.getLogger("training");
    return new LoggingEvent("", logger, level, message, thrown, new Object[] {"7"});
  }

  static Stream<LoggingEvent> events() {
    Exception cause = new IllegalStateException("of\tthe \u001b[31mfile");
    return Stream.of(
        event(Level.INFO, "round {} of\n50 in größter Eile", null),
        event(Level.ERROR, "row {}: \u001b]0;title\u0007\r", null),
        event(Level.WARN, "lost", new RuntimeException("two\nlines", cause)));
  }

  @ParameterizedTest
  @MethodSource("events")
  void aLineIsThatOfThePattern(LoggingEvent event) {
    PatternLayoutEncoder pattern = new PatternLayoutEncoder();
    pattern.setContext(CONTEXT);
    pattern.setPattern(
        "%d{HH:mm:ss.SSS} worker-1 %-5level [%thread] %replace(%msg%n%ex){'[\\p{C}&&[^\\n\\t]]', '_'}");
    pattern.start();
    assertEquals(pattern.getLayout().doLayout(event), new TextLines("worker-1").doLayout(event));
  }
}
