package io.cordee.cli.option;

import io.cordee.cli.log.Logging;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

public final class LogFormatOption {

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description =
          "Log lines as text or as json: an object per line, with job, round and worker (default: ${DEFAULT-VALUE}).")
  private Logging.Format format = Logging.Format.TEXT;

  public Logging.Format format() {
    return format;
  }

  /** The same option for another process. */
  public List<String> arguments() {
    return format == Logging.Format.TEXT
        ? List.of()
        : List.of("--log-format", format.name().toLowerCase(Locale.ROOT));
  }
}
