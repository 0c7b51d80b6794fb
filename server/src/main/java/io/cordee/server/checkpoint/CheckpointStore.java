package io.cordee.server.checkpoint;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.CheckpointReader;
import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobChange;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.reduce.Table;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.LateRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * The checkpoints of one shard of a job. It resumes from the newest sound one. Files that are
 * damaged, or of another job, are reported and left alone. Those that another run has left are
 * passed over.
 */
public final class CheckpointStore {

  /**
   * What a shard has kept.
   *
   * @param job as YAML; empty if there is nothing
   * @param versions of that job that it can resume from, of each run that has left some
   */
  public record Kept(String job, List<KeptVersion> versions) {

    /** Nothing but the start of whatever job. */
    public static final Kept NONE = new Kept("", List.of());
  }

  private final CheckpointFolder folder;
  private final Job job;
  private final String run;
  private final CheckpointHeader any;
  private final Optimizer optimizer;
  private final Consumer<String> warn;
  private final Optional<Table> late;

  /** What the files that were read say of the rows. */
  private Found rows = Found.NOTHING;

  /**
   * @param folder made when it is first written to
   * @param run the id of the run; empty, and files of any run are taken, where it is not known
   * @param shard and {@code own}, the chunks of its part of the vector
   * @param warn receives which files are damaged, and what cannot be written
   */
  public CheckpointStore(
      Path folder,
      Job job,
      String run,
      Shard shard,
      Chunks own,
      Optimizer optimizer,
      Consumer<String> warn) {
    this.folder = new CheckpointFolder(folder, shard);
    this.job = job;
    this.run = run;
    this.optimizer = optimizer;
    this.warn = warn;
    Chunks all = JobVector.of(job).chunks();
    this.late = Cadence.of(job).from(all.from(shard.firstChunk(all))).late();
    this.any =
        new CheckpointHeader(
            JobFile.write(job, Found.trainedOn("", run)),
            shard,
            RoundMark.START,
            own,
            SavedState.WEIGHTS + optimizer.slots().size());
  }

  /**
   * The latest state that is kept.
   *
   * @param start of the job, where nothing is
   * @throws IOException if the folder cannot be read
   */
  public SavedState latest(Supplier<SavedState> start, IntPredicate isAllowed) throws IOException {
    for (int version : ofRun(folder.checkpoints()).descendingKeySet()) {
      try {
        if (isAllowed.test(version)) {
          return checkpoint(version, start);
        }
      } catch (IOException e) {
        warn.accept(e.getMessage() + "; the checkpoint before it is used");
      }
    }
    return start.get();
  }

  /** The rows that the latest state comes of, once that is read; unknown of an older version's. */
  public Found rows() {
    return rows;
  }

  /** Returns whether what is kept of a job, as YAML, is of use to this one. */
  public static boolean isSameJob(String yaml, Job job) {
    try {
      return JobChange.reason(JobFile.parse(yaml, "the checkpoint's job", List.of()), job)
          .isEmpty();
    } catch (JobException e) {
      return false;
    }
  }

  /** The versions that a shard has kept, of any job; {@code warn} receives damaged files. */
  public static Kept kept(Path folder, Shard shard, Consumer<String> warn) throws IOException {
    CheckpointFolder files = new CheckpointFolder(folder, shard);
    List<CheckpointHeader> headers = files.headers();
    if (headers.isEmpty()) {
      return Kept.NONE;
    }
    String newest = headers.get(0).job();
    Job job;
    try {
      job = JobFile.parse(newest, "the checkpoint's job", List.of());
    } catch (JobException e) {
      warn.accept(e.getMessage());
      return Kept.NONE;
    }
    JobVector vector = JobVector.of(job);
    Chunks own = shard.own(vector.chunks());
    List<KeptVersion> versions = new ArrayList<>();
    for (String run : runs(headers, warn)) {
      versions.addAll(
          new CheckpointStore(folder, job, run, shard, own, vector.optimizer(), warn).kept());
    }
    return new Kept(newest, versions);
  }

  private static Set<String> runs(List<CheckpointHeader> headers, Consumer<String> warn) {
    Set<String> runs = new LinkedHashSet<>();
    for (CheckpointHeader header : headers) {
      try {
        runs.add(JobFile.found(header.job(), "the checkpoint's job").run());
      } catch (JobException e) {
        warn.accept(e.getMessage());
      }
    }
    return runs;
  }

  /** The versions that {@link #latest} could lead to, without the start of the job. */
  public List<KeptVersion> kept() throws IOException {
    List<KeptVersion> kept = new ArrayList<>();
    Set<Integer> sound = new HashSet<>(Set.of(CheckpointHeader.WHOLE, 0));
    for (Map.Entry<Integer, Path> found : ofRun(folder.checkpoints()).entrySet()) {
      try (CheckpointReader reader = CheckpointReader.open(found.getValue())) {
        require(found.getValue(), reader.header(), found.getKey());
        reader.read();
        int base = reader.header().base();
        if (!sound.contains(base)) {
          throw CheckpointFolder.withoutBase(found.getValue(), base);
        }
        sound.add(found.getKey());
        kept.add(new KeptVersion(found.getKey(), run, rows.rows()));
      } catch (IOException e) {
        warn.accept(e.getMessage() + "; it is not used");
      }
    }
    return kept;
  }

  /**
   * Keeps the states from now on.
   *
   * @param room bytes that may wait for the disk; then training does
   * @param onKept called with the version of each that is kept
   */
  public Checkpoints keepFrom(RoundMark start, long room, IntConsumer onKept) {
    return new Checkpoints(folder, any, start, job, run, room, warn, onKept);
  }

  // ---- what is there ----

  /** Leaves out the files of other runs; a damaged one stays, for its reader to report. */
  private NavigableMap<Integer, Path> ofRun(NavigableMap<Integer, Path> files) {
    NavigableMap<Integer, Path> own = new TreeMap<>(files);
    own.values().removeIf(file -> CheckpointFolder.isOfAnotherRun(file, run));
    return own;
  }

  /** What the checkpoint of a version adds to those before it. */
  private SavedState checkpoint(int version, Supplier<SavedState> start) throws IOException {
    Path file = folder.checkpoint(version);
    try (CheckpointReader reader = CheckpointReader.open(file)) {
      require(file, reader.header(), version);
      int base = reader.header().base();
      if (base == CheckpointHeader.WHOLE) {
        return reader.read();
      }
      Table table =
          late.orElseThrow(() -> new IOException(file + ": of another version of Cordee"));
      SavedState before;
      try {
        before = base == 0 ? start.get() : checkpoint(base, start);
      } catch (IOException e) {
        throw CheckpointFolder.withoutBase(file, base); // whose own fault is reported, too
      }
      SavedState added = reader.read();
      IntFunction<ParameterState> later =
          chunk -> {
            int at = any.chunks().from(chunk);
            return LateRows.lead(
                optimizer.at(at),
                table.from(at),
                before.chunks().get(chunk),
                before.mark().version(),
                version,
                reader.rows().get(chunk),
                added.chunks().get(chunk));
          };
      return before.with(added, reader.rows(), later);
    }
  }

  private void require(Path file, CheckpointHeader found, int version) throws IOException {
    if (!isSameJob(found.job(), job)) {
      throw new IOException(file + ": of another job");
    }
    if (!any.at(found.mark(), found.base()).equals(found.of(any.job()))
        || found.mark().version() != version) {
      throw new IOException(
          "%s: expected shard %s at version %s; found shard %s at version %s"
              .formatted(file, any.shard(), version, found.shard(), found.mark().version()));
    }
    try {
      rows = JobFile.found(found.job(), file.toString()).or(rows);
    } catch (JobException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
