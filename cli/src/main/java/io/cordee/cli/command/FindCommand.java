package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.file.OutputFile;
import io.cordee.cli.option.DataOption;
import io.cordee.cli.option.TrainingOptions;
import io.cordee.common.job.Job;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.compute.RateSweep;
import io.cordee.worker.compute.RateSweep.Point;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "find",
    description = {
      "Looks for a good learning rate: trains for some rounds, in this process, with one that grows"
          + " from round to round, and shows what the loss does (L. N. Smith, 2017).",
      "A good rate is where the loss falls fastest; where it grows, the rate is too large."
    },
    footer = {
      "",
      "Examples:",
      "  cordee find learning_rate job.yaml --rule adam --batch 64",
      "  cordee find learning_rate job.yaml --out rates.csv"
    })
public final class FindCommand extends CordeeCommand {

  private static final int LINES = 25;
  private static final int WIDTH = 50;
  private static final String HEADER = "learning_rate,loss,smoothed\n";

  @Parameters(index = "0", paramLabel = "SETTING", description = "What to look for: learning_rate.")
  private String setting;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "JOB.yaml",
      description = "The job (default: the built-in digits job).")
  private Optional<Path> jobFile = Optional.empty();

  @Mixin private TrainingOptions jobOptions;
  @Mixin private DataOption data;

  @Option(
      names = "--from",
      defaultValue = "1e-5",
      paramLabel = "RATE",
      description = "The first rate (default: ${DEFAULT-VALUE}).")
  private double low;

  @Option(
      names = "--to",
      defaultValue = "10",
      paramLabel = "RATE",
      description = "The last rate (default: ${DEFAULT-VALUE}).")
  private double high;

  @Option(
      names = "--steps",
      defaultValue = "100",
      paramLabel = "N",
      description = "Rounds, each with its own rate (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Also write rate, loss and smoothed loss of every round as CSV.")
  private Optional<Path> out = Optional.empty();

  @Override
  public Integer call() throws IOException {
    if (!setting.equals(RateSweep.KEY)) {
      throw CommandException.wrongUse(
          "expected %s; found \"%s\"".formatted(RateSweep.KEY, setting));
    }
    CommandException.requireRange("--steps", steps, 10, 100_000);
    if (!(low > 0 && high > low && Double.isFinite(high))) {
      throw CommandException.wrongUse(
          "--from and --to: expected rates above 0, the second larger; found %s and %s"
              .formatted(low, high));
    }
    Optional<OutputFile> file = out.map(path -> OutputFile.replacing(path, HEADER, "--out"));
    jobOptions.refuseLength();
    data.countLayers(jobOptions, jobFile, System.err::println);
    Job job = jobOptions.readJob(jobFile);
    requireRate(job);
    Optional<Path> folder = data.path(job, jobFile.stream().toList());
    HeldRows rows = data.look(job, folder, System.err::println);
    List<Point> points = new RateSweep(job, rows).run(low, high, steps);
    file.ifPresent(to -> to.write(csv(points)));
    print(points);
    return 0;
  }

  private static void requireRate(Job job) {
    if (job.local().isPresent()) {
      throw CommandException.wrongUse(
          "the job has local steps, and a sweep takes single steps of the outer rule; find the rate"
              + " of the inner rule as that of the job's rule, with --set local=null --set batch=N"
              + " --rule NAME");
    }
    if (job.rule().definition().setting(RateSweep.KEY).isEmpty()) {
      throw CommandException.wrongUse(
          "rule %s has no %s: it finds the size of its steps itself; choose another with --rule"
              .formatted(job.rule().name(), RateSweep.KEY));
    }
    if (job.rule().definition().usesCurvature()) {
      throw CommandException.wrongUse(
          "rule %s takes curvature, which this does not compute".formatted(job.rule().name()));
    }
  }

  private static String csv(List<Point> points) {
    return HEADER
        + points.stream()
            .map(point -> "%s,%s,%s\n".formatted(point.rate(), point.loss(), point.smooth()))
            .collect(Collectors.joining());
  }

  private void print(List<Point> points) {
    PrintWriter to = printer();
    double least = points.stream().mapToDouble(Point::smooth).min().orElse(0);
    double most = points.stream().mapToDouble(Point::smooth).max().orElse(1);
    to.println("     rate      loss");
    int shown = Math.min(LINES, points.size());
    for (int i = 0; i < shown; i++) {
      Point point = points.get((int) ((long) i * (points.size() - 1) / Math.max(1, shown - 1)));
      double share = most > least ? (point.smooth() - least) / (most - least) : 0;
      to.printf(
          Locale.ROOT,
          "%9.3g %9.5g %s%n",
          point.rate(),
          point.smooth(),
          "#".repeat((int) Math.round(share * WIDTH)));
    }
    if (points.size() < steps) {
      to.printf(Locale.ROOT, "beyond that the loss grows fourfold, or is not finite%n");
    }
    OptionalDouble suggestion = RateSweep.suggestion(points);
    if (suggestion.isPresent()) {
      String rate =
          String.format(Locale.ROOT, "%.1e", suggestion.getAsDouble()).replace("e-0", "e-");
      to.printf("%nthe loss falls fastest at %s: --set rule.learning_rate=%s%n", rate, rate);
    } else {
      to.printf(
          "%nthe loss does not fall at any of these rates; try others with --from and --to%n");
    }
    to.flush();
  }
}
