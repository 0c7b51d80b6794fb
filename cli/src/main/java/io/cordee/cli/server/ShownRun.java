package io.cordee.cli.server;

import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.file.FreshFolder;
import io.cordee.cli.file.TrainingNote;
import io.cordee.cli.option.DisplayOptions;
import io.cordee.cli.option.LiveView;
import io.cordee.cli.option.ViewOptions;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.Found;
import io.cordee.experiment.run.RunNote;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Observation;
import io.cordee.server.run.RunFolder;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A run that this process trains, or serves to others: what it keeps in its folder, prints, logs
 * and shows on a page.
 *
 * @param role of this process, in its log lines
 * @param found what is known of the run's data before it begins
 * @param isResumed whether the folder holds the beginning of the job
 */
public record ShownRun(
    String role,
    Job job,
    int shards,
    Found found,
    boolean isResumed,
    DisplayOptions display,
    ViewOptions.Doors doors) {

  @FunctionalInterface
  public interface Training {
    /** {@code listeners} have the folder among them. */
    Outcome run(RunFolder folder, Observation observation, Listeners listeners)
        throws IOException, InterruptedException;
  }

  /**
   * @param note what is added to the folder; empty if another process does that
   * @param team who has trained, asked for at first and in the end
   * @param listener besides the displays
   * @param fresh the run folder; closed here
   * @return the exit code of the command
   */
  public int train(
      FreshFolder fresh,
      Optional<TrainingNote> note,
      Supplier<RunNote.Team> team,
      TrainingListener listener,
      Training training)
      throws IOException, InterruptedException {
    int code;
    // Displays are closed when the run has all its files: a paused terminal keeps nobody from them.
    try (fresh;
        Listeners shown = new Listeners().add(listener);
        TrainingNote open = note.orElse(null)) {
      note.ifPresent(its -> its.begin(team.get()));
      code = ExitCode.of(train(fresh, shown, training));
      if (open != null) {
        code = open.keep(team.get(), code);
      }
    }
    display.printOrGiveUp(note.map(TrainingNote::lastLines).orElse(List.of()));
    return code;
  }

  private Outcome train(FreshFolder fresh, Listeners shown, Training training)
      throws IOException, InterruptedException {
    Observation observation = new Observation(job, shards);
    try (LiveView view = display.view().open(observation, doors);
        RunFolder folder =
            isResumed
                ? RunFolder.resume(fresh.path(), job, found)
                : RunFolder.create(fresh.path(), job, found);
        Listeners all = new Listeners().addKeeping("rows", folder).add(shown)) {
      folder.warnBy(all::warned);
      display.begin(role, job, folder, isResumed, observation, view, shown);
      folder.linkAsLast(); // the log says why, if it cannot
      return training.run(folder, observation, all);
    }
  }
}
