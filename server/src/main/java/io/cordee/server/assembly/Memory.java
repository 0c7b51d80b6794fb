package io.cordee.server.assembly;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.Mode;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.Mlp;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.text.Advice;
import io.cordee.common.text.OutOfMemory;
import io.cordee.common.wire.Signs;
import io.cordee.server.grpc.Limits;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntToLongFunction;

/**
 * What a server takes of the heap, in bytes, so that a job that is too large for it is refused
 * before it fails in the middle of a round, and warned of one that may be. All but {@code
 * untouched} is without the rows of a table that the data may leave untouched.
 *
 * @param state what lives as long as the job: two versions of the weights, and of the evaluation
 *     point if it is another; slots; the signs of the last two steps, where those are sent
 * @param contributions what waits to be added up while one worker is late, and is dealt with of the
 *     others
 * @param passing the larger of what a step takes that mixes all parameters, and what the last
 *     weights, and best ones, are copied to, and given first weights
 * @param disk what at least may have been copied and wait for the disk
 * @param untouched what all this would take besides if the data touched all rows of a table
 */
public record Memory(
    int parameters, long state, long contributions, long passing, long disk, long untouched) {

  private static final double MB = 1e6;

  /** What a server without parameters keeps of the heap, with the page and four workers. */
  private static final long AT_REST = 10_500_000;

  /** Java's own figure of the heap is without a part of {@code -Xmx} that it keeps empty. */
  private static final double SPARE = 1.05;

  private static final long LEAST_FOR_DISK = 8 << 20;

  /** Where it makes no difference to have more. */
  private static final long MOST_SIGNS = 64 << 20;

  /** Bytes for what is known of the rows of a table that workers hold: an eighth of the heap. */
  static long forHoldings(Job job) {
    return job.partlyHeld().isPresent() ? OutOfMemory.available() / 8 : 0;
  }

  /** How many bytes there are for everything else. */
  static long available(Job job) {
    return OutOfMemory.available() - forHoldings(job);
  }

  public static Memory of(Job job, Shard shard, int workers) {
    JobVector vector = JobVector.of(job);
    Optimizer optimizer = vector.optimizer();
    Chunks own = shard.own(vector.chunks());
    int parameters = own.parameters();
    int from = vector.chunks().from(shard.firstChunk(vector.chunks()));
    int held = held(job, vector, from, from + parameters);
    boolean collects = shard.leads() && shard.count() > 1;
    int whole = vector.chunks().parameters();
    int copies = job.keepsBest() ? 2 : 1; // better weights follow before the best are written
    int last = collects ? held(job, vector, 0, whole) : held;
    int vectors = 2 + optimizer.slots().size();
    IntToLongFunction state =
        of -> {
          double part = (double) of / vector.chunks().parameters();
          long rows =
              vector.late().map(table -> (long) (part * floats(2, table.rows()))).orElse(0L);
          long signs = job.sendsSigns() ? 2L * Signs.bytes(of) : 0;
          return floats(vectors + (optimizer.hasLookahead() ? 2 : 0), of) + signs + rows;
        };
    long mixed =
        optimizer.mixesParameters()
            ? floats(vectors, parameters) + (long) Double.BYTES * parameters * parameters
            : 0;
    long given = shard.leads() && job.model().first().isPresent() ? floats(1, whole) : 0;
    long contributions = contributions(job, own, held, workers);
    return new Memory(
        parameters,
        state.applyAsLong(held),
        contributions,
        Math.max(Math.max(mixed, given), floats(copies, last)),
        job.checkpoint().isOn() ? LEAST_FOR_DISK : 0,
        state.applyAsLong(parameters)
            - state.applyAsLong(held)
            + contributions(job, own, parameters, workers)
            - contributions
            + floats(copies, (collects ? whole : parameters) - last));
  }

  /**
   * How many of the parameters from one to another are there whatever the data: not those of
   * features or of hashed ids, unless all rows are stepped in every round or given.
   */
  private static int held(Job job, JobVector vector, int from, int to) {
    Set<String> others = new HashSet<>();
    if (vector.drawn().isPresent()) {
      others.add(Mlp.TABLE);
      job.data().preprocessing().ids().entrySet().stream()
          .filter(column -> column.getValue().isHashed())
          .forEach(column -> others.add(IdTable.tensor(column.getKey())));
    }
    return vector.layout().tensors().stream()
        .filter(tensor -> !others.contains(tensor.name()))
        .mapToInt(it -> Math.min(to, it.offset() + it.size()) - Math.max(from, it.offset()))
        .filter(count -> count > 0)
        .sum();
  }

  private static long floats(int vectors, int parameters) {
    return (long) Float.BYTES * vectors * parameters;
  }

  /**
   * Of n contributions all but one have come: a sum waits on each level of the tree, and where four
   * are added at once, three on every other.
   */
  private static long contributions(Job job, Chunks own, int held, int workers) {
    int count = Math.min(workers, job.partitions());
    int levels = (int) Math.ceil(1.5 * Math.log(count) / Math.log(2));
    int waiting = job.mode() instanceof Mode.Async ? 0 : Math.max(1, Math.min(count - 1, levels));
    long chunk = floats(own.contributionSize(0), 1);
    long underWay = chunk * Math.min(Limits.IN_FLIGHT, own.count()) * count;
    long all = floats(own.width(), held);
    return Math.min(count * all, waiting * all + underWay);
  }

  private long need() {
    return AT_REST + state + contributions + passing + disk;
  }

  /** How many bytes may wait for the disk: half of what is left, up to what is ever of use. */
  long forDisk(long available) {
    return disk + Math.max(0, Math.min((available - need()) / 2, state + MOST_SIGNS));
  }

  /** Bytes in all, if this many may wait for the disk. */
  long with(long forDisk) {
    return need() - disk + forDisk;
  }

  /** Warns of a table that may outgrow these bytes as the data touch more of its rows. */
  Optional<String> warning(long available) {
    return need() + untouched <= available
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "a server with %,d parameters needs up to %,.0f MB of memory if the data touch all rows of"
                    + " its tables; this one has %,.0f MB; if it runs out, give it more with"
                    + " %s%.0fm",
                parameters,
                Math.ceil((need() + untouched) / MB),
                Math.floor(available / MB),
                Advice.HEAP,
                heap(need() + untouched, available)));
  }

  /**
   * @throws IllegalArgumentException if the job needs more than these bytes
   */
  public void check(long available) {
    if (need() > available) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a server with %,d parameters needs at least %,.0f MB of memory by this rule: %,.0f MB for"
                  + " weights and slots, %,.0f MB for contributions, %,.0f MB for copies of all weights;"
                  + " this one has %,.0f MB; give it more with %s%.0fm%s%s",
              parameters,
              Math.ceil(need() / MB),
              Math.ceil(state / MB),
              Math.ceil(contributions / MB),
              Math.ceil(passing / MB),
              Math.floor(available / MB),
              Advice.HEAP,
              heap(need(), available),
              untouched == 0
                  ? ""
                  : " (%.0fm if the data touch all rows of its tables)"
                      .formatted(heap(need() + untouched, available)),
              passing < state + contributions ? Advice.SHARDS : ""));
    }
  }

  /** How many MiB of heap have room for these bytes. */
  private static double heap(long bytes, long available) {
    double share = (double) available / Math.max(available, Runtime.getRuntime().maxMemory());
    return Math.ceil(SPARE * bytes / share / (1 << 20));
  }
}
