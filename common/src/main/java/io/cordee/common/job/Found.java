package io.cordee.common.job;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run has found on this machine: the section {@code found} beside the job in its folder. No
 * part of the job: it is neither sent nor kept with weights, and has no say in the bits.
 *
 * @param data the folder in which the job's files were found; empty if that is not known
 */
public record Found(Optional<Path> data) {

  /** Nothing yet. */
  public static final Found NOTHING = new Found(Optional.empty());

  /** That the files of a job, if it has any, are in this folder. */
  public static Found in(Path folder, Job job) {
    return job.data().files().isEmpty()
        ? NOTHING
        : new Found(Optional.of(folder.toAbsolutePath().normalize()));
  }

  /** This and, where there is nothing, what was found before. */
  public Found or(Found before) {
    return new Found(data.or(before::data));
  }

  static final String KEY = "found";
  private static final String DATA = "data";

  static Optional<Found> read(Section section) {
    section.allow(List.of(DATA));
    Optional<String> data = section.find(DATA, new Expected.FolderName());
    return section.build(() -> new Found(data.map(Path::of)));
  }

  /** As {@link JobWriter} takes it. */
  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    data.map(Path::toString)
        .filter(text -> text.chars().noneMatch(Character::isISOControl))
        .ifPresent(text -> tree.put(DATA, Scalars.text(text)));
    return tree;
  }
}
