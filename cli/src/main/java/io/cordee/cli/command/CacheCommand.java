package io.cordee.cli.command;

import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.option.CacheOption;
import io.cordee.worker.data.RowCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "cache",
    description = {
      "Lists prepared rows, the most recently used first.",
      "They take at most half of the room that the disk has without them; what has not been used"
          + " for longest goes first."
    },
    footer = {"", "Example:", "  cordee cache --clear"})
public final class CacheCommand extends CordeeCommand {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

  @Mixin private CacheOption cache;

  @Option(names = "--clear", description = "Delete them, but those that are being prepared.")
  private boolean clears;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = printer();
    RowCache rows = cache.cache(out::println);
    long sum = 0;
    for (RowCache.Entry entry : rows.entries()) {
      Optional<String> kept = clears ? rows.delete(entry.place()) : Optional.empty();
      String line = "%,9.1f MB  %s  %s";
      out.println(
          line.formatted(entry.bytes() / 1e6, TIME.format(entry.used()), entry.what())
              + kept.map(why -> " (kept: %s)".formatted(why)).orElse(""));
      sum += kept.isPresent() ? 0 : entry.bytes();
    }
    out.printf("%,9.1f MB in %s%s%n", sum / 1e6, rows.folder(), clears ? ", now deleted" : "");
    return 0;
  }
}
