package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.experiment.run.Target;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What runs are measured by. */
public final class TargetsOption {

  @Option(
      names = "--targets",
      paramLabel = "T,T",
      hideParamSyntax = true,
      split = ",",
      description =
          "Test accuracies to reach, as in 0.85,0.88, or losses, as in loss:0.1 (default: a few that tell the runs apart).")
  private List<String> targets = new ArrayList<>();

  public List<Target> targets() {
    return targets.stream()
        .map(
            text ->
                Target.parse(text)
                    .orElseThrow(
                        () ->
                            CommandException.wrongUse(
                                "--targets: expected test accuracies above 0, up to 1, as in"
                                    + " 0.85,0.88, or losses, as in loss:0.1; found "
                                    + text)))
        .toList();
  }
}
