package io.cordee.cli.command;

import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.option.CacheOption;
import io.cordee.worker.data.RowCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "cache",
    description = {
      "Lists prepared rows, the most recently used first.",
      "They take at most half of the disk space that is free without them; the least recently"
          + " used go first."
    },
    footer = {"", "Example:", "  cordee cache --clear"})
public final class CacheCommand extends CordeeCommand {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

  @Mixin private CacheOption cache;

  @Option(names = "--clear", description = "Delete all but those being prepared.")
  private boolean clears;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = printer();
    RowCache rows = cache.cache(out::println);
    long sum = 0;
    boolean hasFailed = false;
    List<RowCache.Entry> entries = rows.entries();
    for (RowCache.Entry entry : entries) {
      Optional<String> kept = clears ? rows.delete(entry.place()) : Optional.empty();
      String line = "%,9.1f MB  %s  %s";
      out.println(
          line.formatted(entry.bytes() / 1e6, TIME.format(entry.used()), entry.what())
              + kept.map(why -> " (kept: %s)".formatted(why)).orElse(""));
      sum += kept.isPresent() ? 0 : entry.bytes();
      hasFailed |= kept.isPresent() && !kept.get().equals(RowCache.IN_USE);
    }
    if (!clears) {
      out.printf("%,9.1f MB in %s%n", sum / 1e6, rows.folder());
    } else if (entries.isEmpty()) {
      out.println("nothing to delete in " + rows.folder());
    } else {
      out.printf("deleted %,.1f MB of prepared rows in %s%n", sum / 1e6, rows.folder());
    }
    if (clears && !hasFailed) {
      rows.forgetFiles();
    }
    return hasFailed ? ExitCode.FAILED : 0;
  }
}
