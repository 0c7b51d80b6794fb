package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.common.job.file.Nearest;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerDefinition;
import io.cordee.common.optimizer.Setting;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "optimizers",
    description = "Lists the optimizers, or the settings of one with defaults and ranges.",
    footer = {"", "Examples:", "  cordee optimizers", "  cordee optimizers rprop"})
public final class OptimizersCommand extends CordeeCommand {

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "An optimizer, as in a job file.")
  private Optional<String> name = Optional.empty();

  @Override
  public Integer call() {
    PrintWriter out = printer();
    if (name.isEmpty()) {
      OptimizerCatalog.all()
          .forEach(optimizer -> out.printf("%-10s %s%n", optimizer.name(), optimizer.summary()));
    } else {
      printSettings(out, find(name.get()));
    }
    out.flush();
    return 0;
  }

  private static OptimizerDefinition find(String name) {
    return OptimizerCatalog.find(name)
        .orElseThrow(
            () ->
                CommandException.wrongUse(
                    "expected %s; found \"%s\"%s"
                        .formatted(
                            OptimizerCatalog.words(),
                            name,
                            Nearest.to(name, OptimizerCatalog.names())
                                .map(near -> "; did you mean \"" + near + "\"?")
                                .orElse(""))));
  }

  private static void printSettings(PrintWriter out, OptimizerDefinition optimizer) {
    out.printf("%s: %s%n", optimizer.name(), optimizer.summary());
    for (Setting setting : optimizer.settings()) {
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
