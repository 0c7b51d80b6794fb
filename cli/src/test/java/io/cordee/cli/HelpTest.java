package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.commandline.Version;
import io.cordee.cli.process.Ended;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class HelpTest {

  private static final Map<String, CommandLine> COMMANDS = Main.commandLine().getSubcommands();

  @Test
  void theSummaryOfEachCommandIsASentence() {
    COMMANDS.forEach(
        (name, command) -> {
          String summary = command.getCommandSpec().usageMessage().description()[0];
          assertTrue(summary.endsWith("."), name + ": " + summary);
        });
  }

  /**
   * Compares what is built now with the commit that the version names, unless it ends in -dirty.
   */
  @Test
  void theVersionNamesTheCommitThatWasBuilt() throws Exception {
    Matcher version =
        Pattern.compile("cordee [0-9][^ +]+(?:\\+([0-9a-f]{12}))?(-dirty)?, Java .+")
            .matcher(Version.text());
    assertTrue(version.matches(), Version.text());
    assertEquals(Files.exists(Path.of("../.git")), version.group(1) != null, Version.text());
    if (version.group(1) != null && version.group(2) == null) {
      Process diff =
          new ProcessBuilder(
                  "git", "diff", "--stat", version.group(1), "HEAD", "--", "../*/src/main")
              .redirectErrorStream(true)
              .start();
      assertEquals("", new String(diff.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertEquals(0, diff.waitFor());
    }
  }

  @Test
  void shellsCompleteNamesOfOptimizers() {
    String script = Typed.run("completion").expectSuccess().out();
    assertTrue(script.contains("\"rprop\" \"rprop+\" \"rprop-\""), "optimizers");
    assertTrue(script.contains("complete -F _complete_cordee"), "the command itself");
  }

  @Test
  void listsAreShownAsTheyAreTyped() {
    COMMANDS.forEach(
        (name, command) -> {
          String usage = command.getUsageMessage().replaceAll("\\s", "");
          assertFalse(usage.matches("(?s).*\\.\\.\\.]+\\.\\.\\..*"), usage);
        });
  }

  @Test
  void linesAreBrokenBetweenWords() {
    COMMANDS.forEach(
        (name, command) -> {
          Set<String> words = new HashSet<>(List.of(command.getUsageMessage().split("\\s+")));
          CommandSpec spec = command.getCommandSpec();
          List<String> texts = new ArrayList<>(List.of(spec.usageMessage().description()));
          texts.addAll(List.of(spec.usageMessage().footer()));
          spec.options().stream()
              .filter(option -> !option.hidden())
              .forEach(option -> texts.addAll(List.of(option.description())));
          for (String word : String.join(" ", texts).strip().split("\\s+")) {
            assertTrue(word.contains("${") || words.contains(word), name + ": " + word);
          }
        });
  }

  @Test
  void anOptimizerIsShownWithTheOtherNamesOfItsSettings() {
    String out = Typed.run("optimizers", "adam").expectSuccess().out();

    for (String names : List.of("learning_rate, lr ", "delta, beta1 ", "gamma, beta2 ")) {
      assertTrue(out.contains("  " + names), out);
    }
  }

  @ParameterizedTest
  @CsvSource({"'1,x', 2", "'1,,2', 2", "'', 2", "'1,0.5', 0"})
  void whereATraceStartsIsToBeNumbers(String start, int code) {
    Ended ended =
        Typed.run(
            "trace", "--function=well", "--start=" + start, "--optimizer=rprop", "--rounds=1");

    ended.expect(code);
    assertEquals(code != 0, ended.err().contains("--start: expected numbers"), ended::toString);
  }
}
