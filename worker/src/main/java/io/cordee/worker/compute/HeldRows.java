package io.cordee.worker.compute;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Regularization;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.data.Columns;
import io.cordee.common.model.FunctionModel;
import io.cordee.common.model.Mlp;
import io.cordee.common.random.SplitMix64;
import io.cordee.common.reduce.Table;
import io.cordee.common.text.OutOfMemory;
import io.cordee.function.Rows;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.JobRows;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.data.rows.BatchSampler;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.rows.PartitionStore;
import io.cordee.worker.link.InvalidMessageException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows that a worker holds of a job's data: whole partitions of the training rows, and the
 * slices of the validation and test rows with the same numbers. One thread loads, any number read.
 */
public final class HeldRows {

  /** A room for all rows, which are at hand at any time. */
  public static final int ALL = Integer.MAX_VALUE;

  private static final Logger LOG = LoggerFactory.getLogger(HeldRows.class);

  /** A store of rows that takes less than this part of the heap is held whole. */
  private static final int FEW = 16;

  private final Job job;
  private final DataFolder folder;
  private final JobRows rows;
  private final PartitionStore train;
  private final BatchSampler sampler;
  private final float[] classWeights;

  private Set<Integer> previous = Set.of();
  private int room = ALL;

  /** True if all rows fit in a small part of the heap and stay there, or are mapped. */
  private boolean areAllHeld;

  /**
   * Reads no rows yet, and prepares none.
   *
   * @param roots the worker's data folders; nothing outside of them is opened
   * @throws DataException if files are missing or do not fit the job
   */
  public HeldRows(Job job, List<Path> roots) {
    this(job, roots, RowCache.NONE);
  }

  /** As above, but of prepared rows, unless they are few. */
  public HeldRows(Job job, List<Path> roots, RowCache cache) {
    this(job, new DataFolder(roots, job.data().folder(), DataFolder.Reach.BELOW_ROOTS), cache);
  }

  /** As above, of a folder that may have external rows besides. */
  public HeldRows(Job job, DataFolder folder, RowCache cache) {
    this.job = job;
    this.folder = folder;
    rows = JobRows.of(job, folder, cache);
    train = rows.train();
    sampler = BatchSampler.of(job, train.partitions());
    classWeights = classWeights();
  }

  DataFolder folder() {
    return folder;
  }

  public Columns columns() {
    return rows.columns();
  }

  /**
   * Checks all rows of files that are not too large, before waiting for anybody.
   *
   * @return a remark for users on the training rows
   * @throws DataException with all wrong rows of a file, or many of them
   */
  public Optional<String> check() {
    return rows.check(job);
  }

  public RowCounts counts() {
    return new RowCounts(rows(Optional.of(train)), rows(rows.validation()), rows(rows.test()));
  }

  private static long rows(Optional<PartitionStore> store) {
    return store.map(rows -> rows.partitions().rows()).orElse(0L);
  }

  int largestPart() {
    return rows.stores().mapToInt(JobRows::largest).max().orElseThrow();
  }

  /**
   * Loads these partitions, and the slices of validation and test rows with the same numbers. Those
   * of the previous call stay too: rounds under way may need them.
   *
   * @return whether they are in memory; if there is no room, they are loaded when they are leased
   * @throws DataException if any of their rows is wrong
   * @throws InvalidMessageException if there is no such partition
   */
  public boolean hold(BitSet wanted) {
    require(wanted, train.partitions().count(), "partition");
    Set<Integer> now = new HashSet<>(numbers(wanted));
    Set<Integer> kept = new HashSet<>(previous);
    kept.addAll(now);
    boolean isRoom = kept.size() <= room;
    rows.stores()
        .forEach(
            store -> {
              // Without room for both, they are loaded with the first lease.
              if (isRoom) {
                load(store, now);
              }
              // Prepared ones are in memory only if they can no longer be mapped.
              if (!areAllHeld || store.isPrepared()) {
                store.keepOnly(kept);
              }
            });
    previous = now;
    return isRoom;
  }

  /**
   * A checksum of the rows of each partition, then of each slice of the evaluated rows. The first
   * call reads all rows; what fits stays in memory until it is known which are wanted, and after
   * that if everything fits.
   *
   * @throws DataException if any of them is wrong, or there is no memory for a partition
   */
  public long[] checksums() {
    rows.requireRoomForOne(job);
    long most = OutOfMemory.share() / FEW;
    return rows.stores().flatMapToLong(store -> Arrays.stream(store.checksums(most))).toArray();
  }

  /**
   * How many partitions fit into memory, with their slices; call after {@link #checksums}. No more
   * are held from now on. {@link #ALL} if all of them are.
   *
   * @param besides bytes that this worker needs for other things
   * @throws DataException if memory is too small for one even with nothing besides
   */
  public int room(long besides) {
    // Two versions, and replayed slots, of the rows of the table that they touch, at most.
    int slots = job.sendsSigns() ? JobVector.of(job).optimizer().replayedSlots().size() : 0;
    long touched = Float.BYTES * (2L + slots) * job.partlyHeld().map(Table::width).orElse(0);
    long ofRows = rows.stores().mapToLong(PartitionStore::largest).sum();
    long ofTable = rows.stores().mapToLong(it -> touched * it.mostTouched()).sum();
    long each = ofRows + ofTable;
    rows.requireRoom(each);
    int all = train.partitions().count();
    long free = OutOfMemory.share() - JobRows.AT_REST - besides;
    // Partitions touch the same rows of a table: together at most the whole of it.
    long ofWholeTable = touched * job.partlyHeld().map(Table::rows).orElse(0);
    long whole = all * ofRows + Math.min(all * ofTable, ofWholeTable);
    room = each == 0 || whole <= free ? all : (int) Math.max(1, Math.min(all, free / each));
    areAllHeld = room == all && rows.stores().allMatch(PartitionStore::isWhole);
    if (room < all) {
      String heap = OutOfMemory.option(whole + besides + JobRows.AT_REST);
      LOG.info("memory for {} of {} partitions; {} would do for all of them", room, all, heap);
    }
    AtomicLong spare = new AtomicLong(Math.max(0, free - whole) / 2);
    rows.stores().forEach(store -> store.limitTo(room, spare));
    boolean mayHoldAny = areAllHeld && job.partlyHeld().isEmpty();
    return mayHoldAny ? ALL : room;
  }

  /** How many rows of the model's table one of the partitions touches, at most. */
  int mostTouched() {
    return train.mostTouched();
  }

  private static Map<Integer, PartitionRows> load(PartitionStore store, Set<Integer> wanted) {
    int count = store.partitions().count(); // there may be fewer slices
    return store.load(wanted.stream().filter(number -> number < count).toList());
  }

  /**
   * The rows of these partitions that enter the round at this version; they stay valid whatever is
   * held afterwards. A round may follow an older plan, whose partitions were dropped meanwhile:
   * they are read again.
   *
   * @throws DataException if any of the rows that are read is wrong
   */
  IntFunction<RoundRows> batches(BitSet wanted, int version) {
    require(wanted, train.partitions().count(), "partition");
    Map<Integer, PartitionRows> held = train.load(numbers(wanted));
    int steps = job.local().map(LocalSteps::steps).orElse(1);
    return partition -> {
      PartitionRows all = held.get(partition);
      return new RoundRows(
          job.local().isPresent() ? all.count() : sampler.rowsPerStep(partition),
          step -> batch(partition, (long) version * steps + step, all));
    };
  }

  private Rows batch(int partition, long step, PartitionRows all) {
    Rows rows = sampler.rows(partition, step, all);
    Regularization wanted = job.regularization();
    if (wanted.isNone() && job.model() instanceof Mlp) {
      return rows;
    }
    OptionalLong noise =
        wanted.dropout() > 0 || job.model() instanceof FunctionModel
            ? OptionalLong.of(noise(job.model().seed(), step, partition))
            : OptionalLong.empty();
    return new TrainingRows(
        rows, job.model().outputs(), wanted.labelSmoothing(), classWeights, noise);
  }

  /** s(s(s(seed) + step) + partition), where s(x) is the first number of SplitMix64 from x. */
  private static long noise(long seed, long step, int partition) {
    long ofStep = new SplitMix64(new SplitMix64(seed).nextLong() + step).nextLong();
    return new SplitMix64(ofStep + partition).nextLong();
  }

  /**
   * The weight of each class: N / (K·n) if balanced, for n of the N rows in this one of K classes,
   * as in scikit-learn's "balanced".
   */
  private float[] classWeights() {
    if (!job.regularization().balanceClasses()) {
      List<Double> given = job.regularization().classWeights();
      float[] weights = new float[given.size()];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = given.get(i).floatValue();
      }
      return weights;
    }
    long[] counts = train.classCounts(job.model().outputs());
    float[] weights = new float[counts.length];
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 0) {
        throw new DataException(
            "%s: class %d (from 0) has no row to train on; balance_classes needs one",
            train.name(), i);
      }
      weights[i] = (float) (train.partitions().rows() / ((double) counts.length * counts[i]));
    }
    return weights;
  }

  IntFunction<Rows> slices(BitSet wanted) {
    int first = slices(rows.validation());
    int count = first + slices(rows.test());
    require(wanted, count, "slice of the evaluated rows");
    Map<Integer, PartitionRows> ofValidation = load(rows.validation(), wanted.get(0, first));
    Map<Integer, PartitionRows> ofTest = load(rows.test(), wanted.get(first, count));
    return slice -> slice < first ? ofValidation.get(slice) : ofTest.get(slice - first);
  }

  /** The numbers of the slices that belong to these partitions. */
  BitSet slicesOf(BitSet wanted) {
    BitSet numbers = new BitSet();
    int first = slices(rows.validation());
    int ofTest = slices(rows.test());
    wanted.stream().filter(number -> number < first).forEach(numbers::set);
    wanted.stream().filter(number -> number < ofTest).forEach(n -> numbers.set(first + n));
    return numbers;
  }

  private static int slices(Optional<PartitionStore> store) {
    return store.map(rows -> rows.partitions().count()).orElse(0);
  }

  private static Map<Integer, PartitionRows> load(Optional<PartitionStore> store, BitSet wanted) {
    return store.map(rows -> rows.load(numbers(wanted))).orElse(Map.of());
  }

  private static void require(BitSet wanted, int count, String what) {
    if (wanted.length() > count) {
      throw new InvalidMessageException(
          "a request for %s %d, counted from 0, of a job that has %d of them"
              .formatted(what, wanted.length() - 1, count));
    }
  }

  private static List<Integer> numbers(BitSet wanted) {
    return wanted.stream().boxed().toList();
  }
}
