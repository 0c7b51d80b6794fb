package io.cordee.cli.dataset;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.console.Console;
import io.cordee.cli.file.OutputFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "clicks",
    description = {
      "Makes up clicks on advertisements, with as many rows and ids as you like.",
      "Each column has ids of its own, some of them far more frequent than others. Whether there",
      "is a click depends on the ids, on pairs of them, and on chance."
    },
    footer = {"", "Example:", "  cordee data clicks --rows 10M --ids 100M"})
public final class ClicksCommand extends CordeeCommand {

  enum Format {
    CSV,
    LIBSVM
  }

  private static final Pattern NUMBER = Pattern.compile("(\\d{1,10})([kMG]?)");
  private static final int MOST_COLUMNS = 10_000;
  private static final int WRITTEN_AT_ONCE = 1 << 20;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "1M",
      description = "Rows, as in 100k or 10M (default: ${DEFAULT-VALUE}).")
  private String rows;

  @Option(
      names = "--ids",
      paramLabel = "N",
      defaultValue = "1M",
      description = "Different ids of all columns together (default: ${DEFAULT-VALUE}).")
  private String ids;

  @Option(
      names = "--columns",
      paramLabel = "N",
      defaultValue = "26",
      description = "Ids in a row (default: ${DEFAULT-VALUE}).")
  private int columns;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Other seeds make other rows (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "csv",
      description = "csv, or libsvm, where an id is a feature (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      defaultValue = "data/clicks",
      description = "Where to put the file (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean isForced;

  @Override
  public Integer call() throws IOException {
    CommandException.requireRange("--columns", columns, 1, MOST_COLUMNS);
    long count = number("--rows", rows, 1);
    Clicks clicks = new Clicks(number("--ids", ids, columns), columns, seed);
    Files.createDirectories(folder);
    Path file = folder.resolve("clicks." + format.name().toLowerCase(Locale.ROOT));
    Console console = Console.standard();
    OutputFile.checked(file, isForced, "--to").write(out -> write(clicks, count, console, out));
    console.print(file + " written");
    return 0;
  }

  private static long number(String option, String text, int least) {
    Matcher number = NUMBER.matcher(text);
    double value = -1;
    if (number.matches()) {
      value = Long.parseLong(number.group(1)) * Math.pow(1000, " kMG".indexOf(number.group(2)));
    }
    if (value < least || value > Integer.MAX_VALUE) {
      throw CommandException.wrongUse(
          "%s must be %d to %d, as in 100k or 10M; found %s"
              .formatted(option, least, Integer.MAX_VALUE, text));
    }
    return (long) value;
  }

  private void write(Clicks clicks, long count, Console console, OutputStream out)
      throws IOException {
    StringBuilder line = new StringBuilder();
    if (format == Format.CSV) {
      line.append("click");
      for (int column = 1; column <= columns; column++) {
        line.append(",c").append(column);
      }
      line.append('\n');
    }
    long[] row = new long[columns];
    for (long i = 0; i < count; i++) {
      line.append(clicks.row(i, row) ? 1 : 0);
      for (long id : row) {
        if (format == Format.CSV) {
          line.append(',').append(id);
        } else {
          line.append(' ').append(id).append(":1");
        }
      }
      line.append('\n');
      if (line.length() >= WRITTEN_AT_ONCE || i + 1 == count) {
        out.write(line.toString().getBytes(StandardCharsets.US_ASCII));
        line.setLength(0);
        console.statusIfLive(
            String.format(Locale.ROOT, "%.2f of %.2f M rows", (i + 1) / 1e6, count / 1e6));
      }
    }
  }
}
