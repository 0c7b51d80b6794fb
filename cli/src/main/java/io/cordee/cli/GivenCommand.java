package io.cordee.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** The command as it was given, to be given again. */
final class GivenCommand {

  private GivenCommand() {}

  /** Without {@code cordee}, and without the folder: made again, it is another one. */
  static List<String> withoutFolder(CommandSpec spec) {
    List<String> given = spec.root().commandLine().getParseResult().originalArgs();
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      if (given.get(i).equals("--out")) {
        i++;
      } else if (!given.get(i).toLowerCase(Locale.ROOT).startsWith("--out=")) {
        kept.add(given.get(i));
      }
    }
    return kept;
  }
}
