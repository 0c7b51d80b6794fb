package io.cordee.cli.file;

import io.cordee.cli.plugin.Plugins;
import io.cordee.common.text.ShellLine;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Commands to go on with, each on a line of its own, that can be pasted as they are. */
public final class NextCommands {

  private final List<String> lines = new ArrayList<>(List.of("next:"));

  /** Adds a command of Cordee, with this process's plugins if they were given as an option. */
  public NextCommands add(List<String> words) {
    String[] all = Stream.concat(words.stream(), Plugins.again()).toArray(String[]::new);
    lines.add("  " + ShellLine.cordee(all));
    return this;
  }

  public List<String> lines() {
    return lines;
  }
}
