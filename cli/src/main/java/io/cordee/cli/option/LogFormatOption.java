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
          "Log lines as text or as json: an object per line, with job, round and worker (default: ${DEFAULT-VALUE}). With json, all that is printed goes to standard error as such lines.")
  private Logging.Format format = Logging.Format.TEXT;

  /**
   * Returns true if a command line asks for JSON. It is called before the command line is parsed,
   * so that its errors are JSON, too.
   */
  public static boolean isJson(String... arguments) {
    String line = String.join(" ", arguments).toLowerCase(Locale.ROOT) + " ";
    return line.contains("--log-format json ") || line.contains("--log-format=json ");
  }

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
