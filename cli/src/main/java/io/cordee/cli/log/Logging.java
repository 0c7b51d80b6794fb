package io.cordee.cli.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.cordee.server.grpc.Gate;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

public final class Logging {

  /**
   * gRPC logs failed connections with stack traces, several times a second while a worker waits;
   * the worker itself logs a line. It also logs stack traces for clients that violate HTTP/2, as
   * often as they do. Parquet's messages concern the file's author, not the user.
   */
  private static final List<String> NOISY =
      List.of(
          "io.grpc.internal.ManagedChannelImpl",
          "io.grpc.netty.NettyServerTransport",
          "io.grpc.netty.NettyServerStream",
          "io.grpc.netty.NettyServerHandler",
          "org.apache.parquet");

  public enum Format {
    /** For people. */
    TEXT,
    /** For programs, see {@link JsonLines}. */
    JSON
  }

  /** Lines that wait for a slow console, before further ones are left out. */
  private static final int MOST_WAITING = 1024;

  /** Standard error, once all that is printed there is JSON. */
  private static volatile Optional<PrintStream> json = Optional.empty();

  /** Has lines for the console that may not be written yet. */
  private static volatile Optional<AsyncAppender> waiting = Optional.empty();

  private Logging() {}

  /**
   * From here on, every line on standard error is JSON, whoever prints it. What people would be
   * shown on standard output is logged, too.
   */
  public static synchronized void printJson() {
    if (printsJson()) {
      return;
    }
    json = Optional.of(System.err);
    warningsOnly();
    System.setErr(LoggedLines.at(org.slf4j.event.Level.ERROR));
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> defect("an exception has ended thread " + thread.getName(), e));
  }

  public static boolean printsJson() {
    return json.isPresent();
  }

  /** Shows people lines: on standard output, or in the log if this process prints JSON. */
  public static PrintStream out() {
    return printsJson() ? LoggedLines.at(org.slf4j.event.Level.INFO) : System.out;
  }

  /** Logs an exception that nobody expects. */
  public static void defect(String where, Throwable e) {
    LoggerFactory.getLogger(LoggedLines.LOGGER).error(where, e);
  }

  /** Appends to the file. */
  public static void toFile(Path file, String role, Format format) {
    LoggerContext context = begin();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file.toString());
    appender.setAppend(true);
    root(context).addAppender(started(context, appender, encoder(context, role, format)));
  }

  /**
   * Appends to the file and shows refused connections on standard error; as JSON, all that is
   * logged. A slow console delays nobody.
   *
   * @param isQuiet whether only errors and refused connections are shown
   * @param print writes a line for people on standard error
   */
  public static void toFileAndConsole(
      Path file, String role, Format format, boolean isQuiet, Consumer<String> print) {
    toFile(file, role, format);
    LoggerContext context = context();
    AsyncAppender console = new AsyncAppender();
    console.setContext(context);
    console.setQueueSize(MOST_WAITING);
    console.setDiscardingThreshold(0);
    console.setNeverBlock(true);
    switch (format) {
      case TEXT -> {
        console.addAppender(started(context, new PrintedLines(text(context, role), print)));
        context.getLogger(Gate.REFUSALS).addAppender(console);
      }
      case JSON -> {
        console.addAppender(started(context, standardError(), encoder(context, role, format)));
        if (isQuiet) {
          console.addFilter(new Quiet());
        }
        root(context).addAppender(console);
      }
    }
    console.start();
    waiting = Optional.of(console);
  }

  /** Waits for a moment until the console has all lines; later ones are not shown. */
  public static void flush() {
    waiting.ifPresent(AsyncAppender::stop);
  }

  public static void toStandardError(String role, Format format) {
    show(begin(), role, format);
  }

  /** To standard error. */
  public static void warningsOnly() {
    showWarnings(begin());
  }

  /** To standard error, in a context in which nothing else is set. */
  static void showWarnings(LoggerContext context) {
    show(context, "cordee", printsJson() ? Format.JSON : Format.TEXT);
    root(context).setLevel(Level.WARN);
    // What people would be shown in any case.
    context.getLogger(LoggedLines.LOGGER).setLevel(Level.INFO);
  }

  private static void show(LoggerContext context, String role, Format format) {
    root(context).addAppender(started(context, standardError(), encoder(context, role, format)));
  }

  private static LoggerContext begin() {
    LoggerContext context = context();
    context.reset();
    root(context).setLevel(Level.INFO);
    NOISY.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    return context;
  }

  /** The real one, though lines that are printed there are logged. */
  private static OutputStreamAppender<ILoggingEvent> standardError() {
    if (json.isEmpty()) {
      ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
      appender.setTarget("System.err");
      return appender;
    }
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setOutputStream(new Unclosed(json.get()));
    return appender;
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, String role, Format format) {
    return switch (format) {
      case TEXT -> {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setLayout(text(context, role));
        yield encoder;
      }
      case JSON -> new JsonLines(role);
    };
  }

  /** Lines for people; {@code role} is this process's in the team. */
  static Layout<ILoggingEvent> text(LoggerContext context, String role) {
    context.putProperty("role", role); // in the pattern itself, some characters would mean more
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    // What is from outside, such as a row of a file, must not steer the terminal that shows it.
    layout.setPattern(
        "%d{HH:mm:ss.SSS} %property{role} %-5level [%thread] %replace(%msg%n%ex){'[\\p{C}&&[^\\n\\t]]', '_'}");
    layout.start();
    return layout;
  }

  private static Appender<ILoggingEvent> started(
      LoggerContext context,
      OutputStreamAppender<ILoggingEvent> appender,
      Encoder<ILoggingEvent> encoder) {
    encoder.setContext(context);
    encoder.start();
    appender.setEncoder(encoder);
    return started(context, appender);
  }

  private static Appender<ILoggingEvent> started(
      LoggerContext context, Appender<ILoggingEvent> appender) {
    appender.setContext(context);
    appender.start();
    return appender;
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  private static Logger root(LoggerContext context) {
    return context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  /** Appenders close their stream. */
  private static final class Unclosed extends FilterOutputStream {

    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  private static final class PrintedLines extends AppenderBase<ILoggingEvent> {

    private final Layout<ILoggingEvent> layout;
    private final Consumer<String> print;

    PrintedLines(Layout<ILoggingEvent> layout, Consumer<String> print) {
      this.layout = layout;
      this.print = print;
    }

    @Override
    protected void append(ILoggingEvent event) {
      print.accept(layout.doLayout(event).stripTrailing());
    }
  }

  private static final class Quiet extends Filter<ILoggingEvent> {

    @Override
    public FilterReply decide(ILoggingEvent event) {
      return event.getLevel().isGreaterOrEqual(Level.ERROR)
              || event.getLoggerName().equals(Gate.REFUSALS)
          ? FilterReply.NEUTRAL
          : FilterReply.DENY;
    }
  }
}
