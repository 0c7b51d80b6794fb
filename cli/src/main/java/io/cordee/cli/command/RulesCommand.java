package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.common.job.file.Nearest;
import io.cordee.common.rule.RuleCatalog;
import io.cordee.common.rule.RuleDefinition;
import io.cordee.common.rule.Setting;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "rules",
    description = "Lists the update rules, or the settings of one with defaults and ranges.",
    footer = {"", "Examples:", "  cordee rules", "  cordee rules rprop"})
public final class RulesCommand extends CordeeCommand {

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "A rule, as in a job file.")
  private Optional<String> name = Optional.empty();

  @Override
  public Integer call() {
    PrintWriter out = printer();
    if (name.isEmpty()) {
      RuleCatalog.all().forEach(rule -> out.printf("%-10s %s%n", rule.name(), rule.summary()));
    } else {
      printSettings(out, find(name.get()));
    }
    out.flush();
    return 0;
  }

  private static RuleDefinition find(String name) {
    return RuleCatalog.find(name)
        .orElseThrow(
            () ->
                CommandException.wrongUse(
                    "expected %s; found \"%s\"%s"
                        .formatted(
                            RuleCatalog.words(),
                            name,
                            Nearest.to(name, RuleCatalog.names())
                                .map(near -> "; did you mean \"" + near + "\"?")
                                .orElse(""))));
  }

  private static void printSettings(PrintWriter out, RuleDefinition rule) {
    out.printf("%s: %s%n", rule.name(), rule.summary());
    for (Setting setting : rule.settings()) {
      String values = "";
      String usual = "";
      if (setting instanceof Setting.Number number) {
        values = number.bounds().toString();
        usual =
            String.format(Locale.ROOT, "%.6g", number.defaultValue())
                .replaceAll("\\.?0+($|e)", "$1");
      } else if (setting instanceof Setting.Choice choice) {
        values = String.join(" | ", choice.choices());
        usual = choice.defaultValue();
      } else {
        throw new IllegalStateException("no case for " + setting);
      }
      String names = String.join(", ", setting.names());
      out.printf("  %-17s %-9s %-24s %s%n", names, usual, values, setting.meaning());
    }
  }
}
