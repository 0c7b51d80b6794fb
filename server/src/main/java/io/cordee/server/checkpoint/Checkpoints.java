package io.cordee.server.checkpoint;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.CheckpointWriter;
import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobFile;
import io.cordee.server.round.Keeper;
import io.cordee.server.round.ShownChunk;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Writes a shard's checkpoints on a thread of its own: training only waits while a chunk is copied.
 * Write errors are reported, and training continues; the last good checkpoint stays.
 *
 * <p>Memory: a copy of what has not been written yet, as far as there is room for it; then training
 * waits for the disk.
 */
public final class Checkpoints implements Keeper, AutoCloseable {

  private static final int WAITING_CHUNKS = 64 << 20;
  private static final int UNIT = 1 << 10;
  private static final int MOST_ADDED = 16;
  private static final long FAREWELL_SECONDS = 60;

  private final CheckpointFolder folder;
  private final Job job;
  private final String run;
  private final boolean isLate;
  private final int firstBase;
  private final Consumer<String> warn;
  private final IntConsumer onKept;

  /** Bytes of chunks that have been copied and not been written yet. */
  private final AtomicLong waiting = new AtomicLong();

  /** In units of {@value #UNIT} bytes. */
  private final int units;

  private final Semaphore room;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread created = new Thread(task, "checkpoints");
            created.setDaemon(true);
            return created;
          });

  /** The version that was begun last, and has not failed: its chunks are kept as they are shown. */
  private final AtomicInteger wanted;

  /**
   * Where the last checkpoint stands.
   *
   * @param bytes of those that lead there from one that adds to none, {@code length} of them
   */
  private record Chain(int version, long bytes, int length) {}

  private volatile Chain chain;

  /** Of the version that is wanted. */
  private volatile int base = CheckpointHeader.WHOLE;

  /** As every header from now on, but for the version. */
  private volatile CheckpointHeader any;

  // Of the thread alone.
  private CheckpointWriter writer;
  private boolean isOpen;
  private CheckpointHeader begun;
  private long bytes;
  private boolean isInTrouble;
  private String lastGood;

  /**
   * @param any a header of this job and shard, at any version
   * @param start where the job resumes
   * @param run the id of the run
   * @param room bytes that may wait to be written
   * @param warn receives what could not be written
   * @param onKept called with the version of each complete checkpoint, before older ones are
   *     deleted
   */
  public Checkpoints(
      CheckpointFolder folder,
      CheckpointHeader any,
      RoundMark start,
      Job job,
      String run,
      long room,
      Consumer<String> warn,
      IntConsumer onKept) {
    this.folder = folder;
    this.any = any;
    this.begun = any;
    this.job = job;
    this.run = run;
    this.isLate = JobVector.of(job).late().isPresent();
    // Shards are sent given weights when a job begins, not when it is resumed.
    this.firstBase = isLate && job.model().first().isEmpty() ? 0 : CheckpointHeader.WHOLE;
    this.chain = new Chain(firstBase, 0, 0);
    this.wanted = new AtomicInteger(firstBase);
    this.units = units(room);
    this.room = new Semaphore(units);
    this.warn = warn;
    this.onKept = onKept;
    this.lastGood =
        start.version() == 0
            ? "there is none yet"
            : "the run can be resumed from round " + start.version();
  }

  private static int units(long bytes) {
    return (int) Math.min(Integer.MAX_VALUE, (bytes + UNIT - 1) / UNIT);
  }

  /** Waits until there is room for this many bytes. */
  private int take(long bytes) {
    int taken = Math.min(units, units(bytes));
    room.acquireUninterruptibly(taken);
    return taken;
  }

  private void write(int taken, Runnable action) {
    thread.execute(
        () -> {
          try {
            action.run();
          } finally {
            room.release(taken);
          }
        });
  }

  /**
   * Makes the folder with the first checkpoint: until then a job leaves earlier files untouched.
   */
  private void open() {
    if (isOpen) {
      return;
    }
    isOpen = true;
    try {
      folder.make();
    } catch (IOException e) {
      warn.accept("cannot keep checkpoints in " + folder.path() + ": " + reason(e));
    }
  }

  @Override
  public void trainedOn(String rows) {
    any = any.of(JobFile.write(job, Found.trainedOn(rows, run)));
    thread.execute(
        () -> {
          try {
            folder.deleteOtherRuns(run);
          } catch (IOException e) {
            warn.accept(
                "cannot delete what another run left in " + folder.path() + ": " + reason(e));
          }
        });
  }

  @Override
  public void begin(RoundMark mark) {
    long before = waiting.get();
    if (before > 0 && before + stateBytes() > WAITING_CHUNKS) {
      warn.accept(
          "the checkpoint of round %d is skipped: the disk is still busy with the one before it"
              .formatted(mark.version()));
      return;
    }
    int from = nextBase();
    if (from == mark.version()) { // which is kept already
      return;
    }
    base = from;
    wanted.set(mark.version());
    thread.execute(
        () -> {
          open();
          discard();
          begun = any.at(mark, from);
          bytes = 0;
          try {
            writer = CheckpointWriter.create(folder.checkpoint(mark.version()), begun);
          } catch (IOException e) {
            failed(e);
          }
        });
  }

  /** The last checkpoint, unless others wait, which may delete it, or it takes too much to read. */
  private int nextBase() {
    Chain now = chain;
    boolean isLong = now.bytes > stateBytes() / 2 || now.length >= MOST_ADDED;
    return isLate && now.version == wanted.get() && !isLong ? now.version : firstBase;
  }

  @Override
  public int base() {
    return base;
  }

  @Override
  public void keep(int chunk, ShownChunk state) {
    if (state.version() != wanted.get()) {
      return;
    }
    long copied = (long) state.size() * any.parts() * Float.BYTES;
    waiting.addAndGet(copied);
    int taken = take(copied);
    float[] copy = copy(state);
    write(
        taken,
        () -> {
          put(chunk, state.rows(), copy, state.checksum());
          waiting.addAndGet(-copied);
        });
  }

  private long stateBytes() {
    return (long) any.chunks().parameters() * any.parts() * Float.BYTES;
  }

  private static float[] copy(ShownChunk state) {
    int size = state.size();
    float[] copy = new float[size * state.vectors().size()];
    for (int i = 0; i < state.vectors().size(); i++) {
      System.arraycopy(state.vectors().get(i), 0, copy, i * size, size);
    }
    return copy;
  }

  private void put(int chunk, int[] rows, float[] content, long checksum) {
    if (writer == null) {
      return;
    }
    try {
      writer.put(chunk, rows, content, checksum);
      bytes += (long) content.length * Float.BYTES;
      if (writer.isComplete()) {
        commit();
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void commit() throws IOException {
    writer.commit();
    writer = null;
    isInTrouble = false;
    int version = begun.mark().version();
    boolean isAdded = begun.base() > 0;
    chain = new Chain(version, isAdded ? chain.bytes + bytes : 0, isAdded ? chain.length + 1 : 0);
    lastGood = "the last good one is of round " + version;
    onKept.accept(version);
    folder.prune(version, job.checkpoint().keep());
  }

  private void failed(IOException e) {
    discard();
    wanted.compareAndSet(begun.mark().version(), chain.version);
    if (isInTrouble) {
      return; // has been said
    }
    isInTrouble = true;
    warn.accept(
        "cannot write the checkpoint of round %s: %s; training continues, and will retry; %s"
            .formatted(begun.mark().version(), reason(e), lastGood));
  }

  private void discard() {
    if (writer != null) {
      try {
        writer.close();
      } catch (IOException e) {
        warn.accept("cannot delete an abandoned checkpoint: " + reason(e));
      }
      writer = null;
    }
  }

  static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Returns when everything to be kept is written, or has been given up. */
  @Override
  public void close() {
    if (thread.isShutdown()) {
      return;
    }
    thread.execute(this::discard);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
        warn.accept("the last checkpoint could not be written within " + FAREWELL_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
