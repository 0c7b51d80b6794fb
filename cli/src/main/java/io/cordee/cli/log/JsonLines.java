package io.cordee.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.JsonEscapeUtil;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.event.KeyValuePair;

/**
 * Log lines as JSON, an object each: {@code level}, {@code throwable} if there is one, {@code
 * time}, {@code process}, {@code thread}, {@code logger}, {@code message}; {@code job}, {@code
 * round} (a number) and {@code worker} where they are known; then what the event has besides, such
 * as {@code event}, its kind.
 */
public final class JsonLines extends JsonEncoder {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  public static final String JOB = "job";
  static final String ROUND = "round";
  public static final String WORKER = "worker";

  /** What is known of this process. */
  private static final Map<String, String> ABOUT = new ConcurrentHashMap<>();

  private final String process;

  /** {@code process} is this one's name in the team. */
  JsonLines(String process) {
    this.process = process;
    setWithSequenceNumber(false);
    setWithTimestamp(false);
    setWithNanoseconds(false);
    setWithThreadName(false);
    setWithLoggerName(false);
    setWithContext(false);
    setWithMarkers(false);
    setWithMDC(false);
    setWithKVPList(false);
    setWithMessage(false);
    setWithArguments(false);
    setWithThrowable(false);
  }

  /**
   * Says what the lines of this process are about, whichever thread writes them: it serves one job,
   * or is one worker. What a thread says of itself (SLF4J's MDC, same names) comes first.
   *
   * @param value empty if it is not known
   */
  public static void about(String name, String value) {
    ABOUT.put(name, value);
  }

  /** A line that says this, for a log that this process only adds to. */
  public static String line(String process, Level level, String message) {
    LoggingEvent event = new LoggingEvent();
    event.setInstant(Instant.now());
    event.setLevel(level);
    event.setLoggerName(process);
    event.setThreadName(Thread.currentThread().getName());
    event.setMessage(message);
    event.setMDCPropertyMap(Map.of());
    return new String(new JsonLines(process).encode(event), StandardCharsets.UTF_8);
  }

  @Override
  protected void appendCustomFields(StringBuilder line, ILoggingEvent event) {
    field(line, "time", TIME.format(event.getInstant()));
    field(line, "process", process);
    field(line, "thread", event.getThreadName());
    field(line, "logger", event.getLoggerName());
    field(line, "message", event.getFormattedMessage());
    field(line, JOB, about(event, JOB));
    field(line, WORKER, about(event, WORKER));
    List<KeyValuePair> own = Optional.ofNullable(event.getKeyValuePairs()).orElse(List.of());
    String round = about(event, ROUND);
    if (!round.isEmpty() && own.stream().noneMatch(pair -> pair.key.equals(ROUND))) {
      number(line, ROUND, Integer.parseInt(round));
    }
    for (KeyValuePair pair : own) {
      if (pair.value instanceof Number value) {
        number(line, pair.key, value);
      } else {
        field(line, pair.key, String.valueOf(pair.value));
      }
    }
    if (event.getThrowableProxy() != null) {
      appendThrowableProxy(line, "throwable", event.getThrowableProxy());
    }
  }

  private static String about(ILoggingEvent event, String name) {
    return event.getMDCPropertyMap().getOrDefault(name, ABOUT.getOrDefault(name, ""));
  }

  /** JSON has no word for what is not finite. */
  private static void number(StringBuilder line, String name, Number value) {
    line.append(",\"").append(name).append("\":");
    line.append(Double.isFinite(value.doubleValue()) ? value : "null");
  }

  private void field(StringBuilder line, String name, String value) {
    if (!value.isEmpty()) {
      line.append(',');
      appenderMember(line, name, JsonEscapeUtil.jsonEscapeString(value));
    }
  }
}
