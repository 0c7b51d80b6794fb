package io.cordee.common.job.file;

import io.cordee.common.job.Job;
import io.cordee.common.job.Monitor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What differs between a job and the one that a run was begun with. */
public final class JobChange {

  private JobChange() {}

  /**
   * Why a run of one job cannot continue as another; empty if it can. When it stops, and when it is
   * kept, may change, but not which weights are the best.
   *
   * @param before the run's job
   */
  public static Optional<String> reason(Job before, Job now) {
    Monitor old = before.stop().monitor();
    if (before.keepsBest() && now.stop().monitor() != old) {
      return Optional.of(
          "its best weights so far are those by %s; found stop.monitor: %s, by which nobody has looked for them; leave it as it is"
              .formatted(old.column(), now.stop().monitor().column()));
    }
    return differing(before, now);
  }

  private static Optional<String> differing(Job before, Job now) {
    List<String> old = lines(before);
    List<String> found = lines(now);
    for (int i = 0; i < Math.max(old.size(), found.size()); i++) {
      String expected = i < old.size() ? old.get(i) : "nothing more";
      String other = i < found.size() ? found.get(i) : "nothing more";
      if (!expected.equals(other)) {
        return Optional.of(
            "the run was begun with another job: expected \"%s\" in %s; found \"%s\"; only stop, checkpoint, team and keep may change"
                .formatted(expected.strip(), section(old, i), other.strip()));
      }
    }
    return Optional.empty();
  }

  private static String section(List<String> lines, int at) {
    for (int i = Math.min(at, lines.size() - 1); i > 0; i--) {
      if (!lines.get(i).startsWith(" ")) {
        return lines.get(i).replaceAll(":.*", "");
      }
    }
    return "the job";
  }

  private static List<String> lines(Job job) {
    Map<String, Object> tree = SectionWriter.tree(job, new JobForm(job.name()));
    tree.keySet().removeAll(List.of("stop", "checkpoint", "team", "keep"));
    return SectionWriter.yaml(tree).lines().toList();
  }
}
