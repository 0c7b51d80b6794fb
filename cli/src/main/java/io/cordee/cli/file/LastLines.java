package io.cordee.cli.file;

import io.cordee.cli.export.ExportFormat;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.score.Baseline;
import io.cordee.cli.score.Evaluation;
import io.cordee.common.job.Job;
import io.cordee.experiment.report.CurveReading;
import io.cordee.experiment.report.ReportFile;
import io.cordee.experiment.run.Run;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.SavedRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The lines with which a training ends: how good its weights are, what its curves say, and what to
 * do next.
 *
 * @param model the weights that {@code --model RUN} reads; empty if there are none
 * @param evaluation of them on rows held out
 * @param rows the file that {@code predict} can be given; empty if there is no one file
 * @param canPredict whether the model can be run here, on its job's rows
 * @param hint on how to use what the validation rows say
 */
record LastLines(
    Run run,
    Optional<TrainedModel> model,
    Optional<Evaluation> evaluation,
    Optional<Baseline> baseline,
    Optional<Path> rows,
    boolean canPredict,
    Optional<String> hint) {

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    Optional<CurveReading> reading = CurveReading.of(run);
    if (!run.hasFailed()) {
      model.ifPresent(it -> evaluation.ifPresent(found -> lines.add(score(it, found))));
      baseline.ifPresent(it -> lines.add(it.text()));
      boolean isOfFiles = !run.job().data().files().isEmpty();
      if (isOfFiles && !run.job().data().isEvaluated()) {
        lines.add("no rows are held out to test on; split: {test: 0.2, seed: 1} below data does");
      }
    }
    reading.ifPresent(it -> lines.add(it.sentence()));
    if (!run.hasFailed()) {
      hint.ifPresent(lines::add);
      model.ifPresent(it -> lines.addAll(next(reading)));
    }
    lines.add("report " + run.folder().resolve(ReportFile.NAME));
    return lines;
  }

  /** {@code test rows (36): accuracy 0.9722 by the best weights (round 31, best.safetensors)}. */
  private String score(TrainedModel its, Evaluation found) {
    String file = String.valueOf(its.file().getFileName());
    int last = run.metrics().lastRound();
    String round = its.metadata().getOrDefault(SavedRun.ROUNDS, Integer.toString(last));
    boolean isLast = round.equals(Integer.toString(last));
    String weights =
        !file.equals(RunFiles.BEST)
            ? "the last weights (round %s)".formatted(round)
            : isLast
                ? "the last weights (round %s), which are the best".formatted(round)
                : "the best weights (round %s, %s)".formatted(round, file);
    return String.format(
        Locale.ROOT,
        "%s rows (%,d): %s by %s",
        run.job().data().hasTest() ? "test" : "validation",
        found.tally().rows(),
        found.brief(),
        weights);
  }

  private List<String> next(Optional<CurveReading> reading) {
    String folder = run.folder().toString();
    Job job = run.job();
    NextCommands next = new NextCommands();
    if (canPredict) {
      next.add(List.of("evaluate", "--model", folder));
      List<String> predict = new ArrayList<>(List.of("predict", "--model", folder));
      rows.ifPresent(file -> predict.addAll(List.of("--data", file.toString())));
      next.add(predict);
    }
    Path exported = run.folder().resolve("model" + ExportFormat.usual(job).ending());
    next.add(List.of("export", "--model", folder, "--out", exported.toString()));
    if (reading.filter(CurveReading::asksForMoreRounds).isPresent()) {
      String rounds = Integer.toString(2 * run.metrics().lastRound());
      next.add(List.of("train", "--resume", folder, "--rounds", rounds));
    }
    return next.lines();
  }
}
