package io.cordee.cli;

import io.cordee.common.job.Job;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** Names of run folders. */
final class RunFolders {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  private RunFolders() {}

  /** A folder that does not exist yet: {@code runs/<time>-<job name>}. */
  static Path fresh(Job job) {
    return fresh(job, "");
  }

  /** As {@link #fresh(Job)}, of a comparison: {@code runs/<time>-<job name>-compare}. */
  static Path freshComparison(Job job) {
    return fresh(job, "-compare");
  }

  private static Path fresh(Job job, String suffix) {
    String name =
        LocalDateTime.now().format(TIME) + "-" + job.name().replaceAll("[^\\w.-]", "_") + suffix;
    Path folder = Path.of("runs", name);
    for (int i = 2; Files.exists(folder); i++) {
      folder = Path.of("runs", name + "-" + i);
    }
    return folder;
  }
}
