package io.cordee.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** The command as it was given, for repeating it. */
final class GivenCommand {

  private GivenCommand() {}

  /** Without {@code cordee}, and without the folder: made again, it is another one. */
  static List<String> withoutFolder(CommandSpec spec) {
    return without(spec, Set.of("--out"));
  }

  /** Without {@code cordee}, and without these options, which have a value each. */
  static List<String> without(CommandSpec spec, Set<String> options) {
    List<String> given = spec.root().commandLine().getParseResult().originalArgs();
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      String[] parts = given.get(i).split("=", 2);
      if (!options.contains(parts[0])) {
        kept.add(given.get(i));
      } else if (parts.length == 1) {
        i++;
      }
    }
    return kept;
  }
}
