package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.LoneOptimizer;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.gallery.analytic.AnalyticFunction;
import io.cordee.gallery.analytic.Trace;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "trace",
    description = {
      "Runs an optimizer on an analytic function and prints its path as CSV: round,x1,x2,...,f.",
      "Round 0 is the start. The optimizer is the code that trains networks; numbers have full precision."
    },
    footer = {
      "",
      "Functions:",
      "  well        -exp(-(3x/4)^2 - (5y/4)^2), the lecture's",
      "  bowl        a quadratic in any number of dimensions, with a --condition number",
      "  rosenbrock  the banana valley, in two or more dimensions",
      "  saddle      downhill in y, uphill in x",
      "",
      "Examples:",
      "  cordee trace --function well --start 1,0.5 --optimizer rprop --rounds 20",
      "  cordee trace --function bowl --condition 100 --start 1,1 --optimizer adam --set learning_rate=0.1"
    })
public final class TraceCommand extends CordeeCommand {

  @Option(
      names = "--function",
      required = true,
      paramLabel = "NAME",
      description = "well, bowl, rosenbrock or saddle.")
  private String function;

  @Option(
      names = "--condition",
      paramLabel = "K",
      defaultValue = "" + AnalyticFunction.DEFAULT_CONDITION,
      description = "The bowl's condition number (default: ${DEFAULT-VALUE}).")
  private double condition;

  @Option(
      names = "--start",
      required = true,
      paramLabel = "X,Y",
      description = "Where to start: a number for each variable, separated by commas.")
  private String startText;

  @Option(
      names = "--optimizer",
      required = true,
      paramLabel = "NAME",
      description = "An optimizer, as in a job file.")
  private String optimizer;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the optimizer, such as learning_rate=0.1. May be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many steps (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Override
  public Integer call() {
    if (rounds < 0) {
      throw CommandException.wrongUse("--rounds must be at least 0; found " + rounds);
    }
    float[] start = start();
    PrintWriter out = printer();
    try {
      AnalyticFunction chosen =
          AnalyticFunction.find(function, condition)
              .orElseThrow(
                  () ->
                      CommandException.wrongUse(
                          "--function: expected one of %s; found \"%s\""
                              .formatted(String.join(", ", AnalyticFunction.names()), function)));
      OptimizerSpec chosenOptimizer = LoneOptimizer.of(optimizer, settings, "trace");
      StringBuilder header = new StringBuilder("round");
      for (int i = 1; i <= start.length; i++) {
        header.append(",x").append(i);
      }
      List<String> unprinted = new ArrayList<>(List.of(header + ",f"));
      Trace.run(chosen, start, chosenOptimizer, rounds, point -> print(point, unprinted, out));
      return 0;
    } catch (JobException e) {
      // It speaks of a job's keys.
      throw CommandException.wrongUse(
          e.getMessage()
              .replace("--set optimizer.name=", "--optimizer ")
              .replace("--set optimizer.", "--set "));
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(e.getMessage());
    } catch (ArithmeticException e) {
      throw CommandException.failed(e.getMessage());
    } finally {
      out.flush();
    }
  }

  private float[] start() {
    String[] parts = startText.split(",", -1);
    float[] start = new float[parts.length];
    try {
      for (int i = 0; i < parts.length; i++) {
        start[i] = Float.parseFloat(parts[i].strip());
      }
    } catch (NumberFormatException e) {
      throw CommandException.wrongUse(
          "--start: expected numbers separated by commas, as in 1,0.5; found \"" + startText + '"');
    }
    return start;
  }

  /** The header goes before the first point, so that wrong use prints nothing but its message. */
  private static void print(Trace.Point point, List<String> header, PrintWriter out) {
    header.forEach(out::println);
    header.clear();
    StringBuilder line = new StringBuilder().append(point.round());
    for (float x : point.x()) {
      line.append(',').append(x);
    }
    out.println(line.append(',').append(point.f()));
  }
}
