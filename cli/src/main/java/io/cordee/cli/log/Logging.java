package io.cordee.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.nio.file.Path;
import java.util.List;
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

  private Logging() {}

  /** Appends to the file. */
  public static void toFile(Path file, String role, Format format) {
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file.toString());
    appender.setAppend(true);
    start(appender, role, format);
  }

  public static void toStandardError(String role, Format format) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    start(appender, role, format);
  }

  /** To standard error. */
  public static void warningsOnly() {
    toStandardError("cordee", Format.TEXT);
    root().setLevel(Level.WARN);
  }

  private static void start(
      OutputStreamAppender<ILoggingEvent> appender, String role, Format format) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Encoder<ILoggingEvent> encoder =
        switch (format) {
          case TEXT -> text(role);
          case JSON -> new JsonLines(role);
        };
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    root().setLevel(Level.INFO);
    root().addAppender(appender);
    NOISY.forEach(name -> ((Logger) LoggerFactory.getLogger(name)).setLevel(Level.ERROR));
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  static Encoder<ILoggingEvent> text(String role) {
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setLayout(new TextLines(role));
    return encoder;
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
