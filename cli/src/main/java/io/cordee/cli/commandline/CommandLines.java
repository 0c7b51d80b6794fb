package io.cordee.cli.commandline;

import io.cordee.cli.log.Logging;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.Nearest;
import io.cordee.common.reduce.Shard;
import io.cordee.common.text.OutOfMemory;
import io.cordee.common.text.OutsideText;
import io.cordee.experiment.grid.GridException;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.AccessException;
import io.cordee.server.shard.LeadException;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.function.FunctionException;
import io.cordee.worker.link.LinkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How every command parses its arguments, reports errors, and exits. */
public final class CommandLines {

  /** How picocli says it. */
  private static final Pattern CHOICE =
      Pattern.compile("expected one of \\[(.*)] \\(case-insensitive\\) but was (.*)");

  private static final int HELP_WIDTH = 100;

  // Exceptions whose message says it all.
  private static final List<Class<? extends Exception>> WRONG_USE =
      List.of(JobException.class, GridException.class, AccessException.class);
  private static final List<Class<? extends Exception>> FAILED =
      List.of(
          IOException.class,
          UncheckedIOException.class,
          DataException.class,
          FunctionException.class,
          LinkException.class,
          LeadException.class);

  /** Commands and options of earlier versions, and their names now. */
  private static final Map<String, String> RENAMED =
      Map.of(
          "rules",
          "optimizers",
          "--rule",
          "--optimizer",
          "--rules",
          "--optimizers",
          "node",
          "peer");

  private CommandLines() {}

  public static CommandLine of(Object command) {
    CommandLine line = new CommandLine(command);
    line.registerConverter(HostAndPort.class, CommandLines::address)
        .registerConverter(Shard.class, CommandLines::shard)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(HELP_WIDTH)
        .setParameterExceptionHandler(CommandLines::wrongUse)
        .setExecutionStrategy(CommandLines::run)
        .setExecutionExceptionHandler(CommandLines::failed);
    WholeWordHelp.printedBy(line);
    return line;
  }

  private static int wrongUse(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    StringBuilder line =
        new StringBuilder(
            name + ": " + e.getMessage().lines().findFirst().map(CommandLines::plain).orElse(""));
    if (e instanceof UnmatchedArgumentException unmatched) {
      line.append(hint(command, unmatched));
    }
    return end(line + " (see " + name + " --help)", ExitCode.WRONG_USE, command);
  }

  private static String hint(CommandLine command, UnmatchedArgumentException unmatched) {
    String unknown = unmatched.getUnmatched().get(0);
    String now = RENAMED.get(unknown.replaceFirst("=.*", ""));
    if (now != null && isKnown(command, now)) {
      return "; it is called " + now + " now";
    }
    return Nearest.to(unknown, List.copyOf(command.getSubcommands().keySet()))
        .or(() -> unmatched.getSuggestions().stream().findFirst())
        .map(meant -> "; did you mean " + meant + "?")
        .orElse("");
  }

  private static boolean isKnown(CommandLine command, String word) {
    return command.getSubcommands().containsKey(word)
        || command.getCommandSpec().findOption(word) != null;
  }

  /** Words that can be given are written as one gives them. */
  private static String plain(String message) {
    return CHOICE
        .matcher(message)
        .replaceFirst(
            found ->
                Matcher.quoteReplacement(
                    "expected one of "
                        + found.group(1).toLowerCase(Locale.ROOT)
                        + "; found "
                        + found.group(2)));
  }

  private static HostAndPort address(String text) {
    try {
      return HostAndPort.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /** A shard on the command line: {@code 1/3} is the second of three. */
  private static Shard shard(String text) {
    String[] parts = text.split("/", -1);
    try {
      if (parts.length == 2) {
        return new Shard(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new TypeConversionException(
        "expected NUMBER/COUNT with numbers from 0, as in 0/2 and 1/2; found '" + text + "'");
  }

  private static int run(CommandLine.ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError e) { // picocli handles exceptions only
      String reason = OutOfMemory.reason(e).orElseThrow();
      return end(reason, ExitCode.OUT_OF_MEMORY, parsed.commandSpec().commandLine());
    }
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    if (e instanceof CommandException known) {
      return end(known.getMessage(), known.exitCode(), command);
    }
    if (e instanceof UncheckedIOException) {
      return end(Errors.rootText(e), ExitCode.FAILED, command);
    }
    if (WRONG_USE.stream().anyMatch(kind -> kind.isInstance(e))) {
      return end(e.getMessage(), ExitCode.WRONG_USE, command);
    }
    if (FAILED.stream().anyMatch(kind -> kind.isInstance(e))) {
      return end(Errors.text(e), ExitCode.FAILED, command);
    }
    if (Logging.printsJson()) {
      Logging.defect("the command has failed", e);
    } else {
      e.printStackTrace(command.getErr()); // it is a defect
    }
    return ExitCode.FAILED;
  }

  private static int end(String message, int code, CommandLine command) {
    command.getErr().println(OutsideText.message(TemporaryFolder.shown(message)));
    return code;
  }
}
