package io.cordee.experiment.report;

import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.RunReader;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The report of all runs in some folders, as they are when it is asked for. A run is read again
 * when its files have changed. Used by one thread.
 */
public final class RunsPage {

  private static final List<String> READ =
      List.of(RunFiles.METRICS, RunFiles.JOB, RunFiles.MODEL, RunFiles.EVALUATION, RunNote.FILE);

  private record Seen(List<Long> changed, Run run) {}

  private final List<Path> folders;
  private final Map<Path, Seen> seen = new HashMap<>();

  /** Of runs, folders of runs, or folders that will hold some. */
  public RunsPage(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  public String html() {
    List<String> problems = new ArrayList<>();
    List<Path> found = new ArrayList<>();
    for (Path folder : folders) {
      try {
        found.addAll(ReportSource.found(folder));
      } catch (IOException e) {
        problems.add(folder + ": cannot be read");
      }
    }
    seen.keySet().retainAll(found);
    List<Run> runs = new ArrayList<>();
    for (Path folder : found) {
      try {
        runs.add(read(folder));
      } catch (IOException e) {
        problems.add(e.getMessage());
      }
    }
    String title = folders.stream().map(Path::toString).collect(Collectors.joining(", "));
    return ReportFile.live(
        new ReportSource(title, Optional.empty(), ReportSource.byFolder(runs), List.of()),
        String.join("; ", problems));
  }

  private Run read(Path folder) throws IOException {
    List<Long> changed =
        READ.stream().map(name -> folder.resolve(name).toFile().lastModified()).toList();
    Seen before = seen.get(folder);
    if (before == null || !before.changed().equals(changed)) {
      before = new Seen(changed, RunReader.read(folder));
      seen.put(folder, before);
    }
    return before.run();
  }
}
