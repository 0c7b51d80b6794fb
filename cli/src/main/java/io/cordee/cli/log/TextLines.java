package io.cordee.cli.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** Log lines for people. A pattern of logback would be parsed anew by every process. */
final class TextLines extends LayoutBase<ILoggingEvent> {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS ").withZone(ZoneId.systemDefault());

  /** What is from outside, such as a row of a file, must not steer the terminal that shows it. */
  private static final Pattern STEERING = Pattern.compile("[\\p{C}&&[^\\n\\t]]");

  private final String role;

  /** {@code role} is this process's in the team. */
  TextLines(String role) {
    this.role = role;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    String message = event.getFormattedMessage() + "\n";
    if (event.getThrowableProxy() != null) {
      message += ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
    String level = (event.getLevel() + " ").substring(0, 5);
    String from = TIME.format(event.getInstant()) + role + " " + level;
    return from + " [" + event.getThreadName() + "] " + STEERING.matcher(message).replaceAll("_");
  }
}
