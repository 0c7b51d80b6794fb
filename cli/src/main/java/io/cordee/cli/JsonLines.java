package io.cordee.cli;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.JsonEscapeUtil;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Log lines as JSON, an object each: {@code level}, {@code throwable} if there is one, {@code
 * time}, {@code process}, {@code thread}, {@code logger}, {@code message}; {@code job}, {@code
 * round} (a number) and {@code worker} where they are known.
 */
final class JsonLines extends JsonEncoder {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final String process;

  /**
   * @param process which of a team's this is
   */
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

  @Override
  protected void appendCustomFields(StringBuilder line, ILoggingEvent event) {
    field(line, "time", TIME.format(event.getInstant()));
    field(line, "process", process);
    field(line, "thread", event.getThreadName());
    field(line, "logger", event.getLoggerName());
    field(line, "message", event.getFormattedMessage());
    field(line, LogSubject.JOB, about(event, LogSubject.JOB, LogSubject.job()));
    field(line, LogSubject.WORKER, about(event, LogSubject.WORKER, LogSubject.worker()));
    String round = about(event, LogSubject.ROUND, LogSubject.round());
    if (!round.isEmpty()) {
      line.append(",\"").append(LogSubject.ROUND).append("\":").append(Integer.parseInt(round));
    }
    if (event.getThrowableProxy() != null) {
      appendThrowableProxy(line, "throwable", event.getThrowableProxy());
    }
  }

  private static String about(ILoggingEvent event, String name, String ofProcess) {
    return event.getMDCPropertyMap().getOrDefault(name, ofProcess);
  }

  private void field(StringBuilder line, String name, String value) {
    if (!value.isEmpty()) {
      line.append(',');
      appenderMember(line, name, JsonEscapeUtil.jsonEscapeString(value));
    }
  }
}
