package io.cordee.server.team;

import io.cordee.common.job.Slices;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * The leases of one round: which worker owes what, since when, and which are late. A state machine
 * without a clock. {@code LeaseManager} says what becomes of those who are late.
 */
public final class RoundLeases {

  /** In nanoseconds. Nobody is late for less, as others would hardly be faster. */
  private static final long TOLERANCE = 100_000_000;

  private final LeaseBook partitions;
  private final LeaseBook slices;
  private final int chunks;
  private final ToIntFunction<WorkerId> room;
  private final Predicate<WorkerId> isAhead;
  private final Map<WorkerId, WorkerLeases> byWorker = new LinkedHashMap<>();
  private boolean isShort;

  /**
   * @param slices of the evaluated rows
   * @param chunks of the vector that are counted: a partition's gradient has come when all have
   * @param room how many partitions each worker has memory for at a time
   * @param isAhead whose contributions come in before anybody else's can, however long they take
   *     elsewhere: its time says nothing of others'
   */
  public RoundLeases(
      int partitions,
      Slices slices,
      int chunks,
      ToIntFunction<WorkerId> room,
      Predicate<WorkerId> isAhead) {
    this.room = room;
    this.isAhead = isAhead;
    this.partitions = new LeaseBook(partitions);
    this.slices = new LeaseBook(slices);
    this.chunks = chunks;
  }

  /** How many more partitions the worker has memory for. */
  private int free(WorkerId worker) {
    long left = byWorker.containsKey(worker) ? Math.max(0, byWorker.get(worker).left) : 0;
    return (int) Math.max(0, room.applyAsInt(worker) - (left + chunks - 1) / chunks);
  }

  /**
   * Returns whether something could not be leased: somebody may have memory for it later in the
   * round.
   */
  public boolean isShort() {
    return isShort;
  }

  /**
   * Leases what nobody holds, as far as there is memory: to its holders in the plan, and what is in
   * no holding of the plan to all of them, by their speed.
   *
   * @param plan of workers that can be asked
   * @return what to ask whom for now
   */
  public Map<WorkerId, Work> assign(
      Plan plan, ToDoubleFunction<WorkerId> speed, Work.Progress progress, long now) {
    Map<WorkerId, Work> asked = new LinkedHashMap<>();
    partitions
        .assign(plan, progress::isComputed, this::free)
        .forEach((worker, lease) -> add(asked, worker, new Work(lease, new BitSet())));
    slices
        .assign(plan, progress::isMeasured, worker -> Integer.MAX_VALUE)
        .forEach((worker, lease) -> add(asked, worker, new Work(new BitSet(), lease)));
    asked.forEach((worker, work) -> owes(worker, work, true, now));
    Work orphans = orphans(progress);
    if (!orphans.isNone()) {
      lease(orphans, plan.workers(), speed, now)
          .forEach((worker, work) -> add(asked, worker, work));
    }
    isShort = !orphans(progress).isNone();
    return asked;
  }

  /**
   * Leases what late workers owe also to workers that are done.
   *
   * @param able workers that can be asked
   * @return what to ask whom for now
   */
  public Map<WorkerId, Work> backUp(
      Collection<WorkerId> able,
      ToDoubleFunction<WorkerId> speed,
      Work.Progress progress,
      long now) {
    List<WorkerId> idle = able.stream().filter(worker -> !isOpen(worker)).toList();
    List<WorkerId> late = idle.isEmpty() ? List.of() : late(now);
    Work owed = Work.none();
    for (WorkerId worker : late) {
      owed.add(
          new Work(
              partitions.owedBy(worker, progress::isComputed),
              slices.owedBy(worker, progress::isMeasured)));
    }
    return owed.isNone() ? Map.of() : lease(owed, idle, speed, now);
  }

  private Map<WorkerId, Work> lease(
      Work work, Collection<WorkerId> to, ToDoubleFunction<WorkerId> speed, long now) {
    List<WorkerId> workers = List.copyOf(to);
    List<Double> speeds = workers.stream().map(speed::applyAsDouble).toList();
    List<Integer> rooms = workers.stream().map(this::free).toList();
    List<BitSet> toCompute = LeasePlanner.shareBySpeed(work.partitions(), speeds, rooms);
    List<BitSet> toMeasure = LeasePlanner.shareBySpeed(work.slices(), speeds);
    Map<WorkerId, Work> asked = new LinkedHashMap<>();
    for (int i = 0; i < workers.size(); i++) {
      Work share = new Work(toCompute.get(i), toMeasure.get(i));
      if (!share.isNone()) {
        partitions.lease(workers.get(i), share.partitions());
        slices.lease(workers.get(i), share.slices());
        owes(workers.get(i), share, false, now);
        asked.put(workers.get(i), share);
      }
    }
    return asked;
  }

  private static void add(Map<WorkerId, Work> asked, WorkerId worker, Work work) {
    asked.computeIfAbsent(worker, w -> Work.none()).add(work);
  }

  private void owes(WorkerId worker, Work work, boolean isPlanned, long now) {
    WorkerLeases leases = byWorker.computeIfAbsent(worker, w -> new WorkerLeases(isPlanned, now));
    leases.add(work, chunks, now);
  }

  /**
   * A contribution has come in.
   *
   * @param units the partitions of its sum times its chunks
   */
  public void came(WorkerId worker, int units, long now) {
    if (isOpen(worker)) {
      byWorker.get(worker).came(units, now);
    }
  }

  /** As {@link #came}, of a slice. */
  public void measured(WorkerId worker, long now) {
    if (isOpen(worker)) {
      byWorker.get(worker).measured(now);
    }
  }

  /** Nothing is to be expected of the worker any more. */
  public void release(WorkerId worker) {
    partitions.release(worker);
    slices.release(worker);
    byWorker.remove(worker);
  }

  /** Returns whether the worker was the last to be asked for something that is not done. */
  public boolean owes(WorkerId worker, Work.Progress progress) {
    return partitions.owes(worker, progress::isComputed)
        || slices.owes(worker, progress::isMeasured);
  }

  /** What is not done and nobody has been asked for. */
  public Work orphans(Work.Progress progress) {
    return new Work(partitions.orphans(progress::isComputed), slices.orphans(progress::isMeasured));
  }

  /**
   * Returns whether fewer have come in from the worker than it was asked for. What an earlier lease
   * brings counts as well: see {@link #owes}.
   */
  public boolean isOpen(WorkerId worker) {
    return byWorker.containsKey(worker) && byWorker.get(worker).isOpen();
  }

  public boolean isAsked(WorkerId worker) {
    return byWorker.containsKey(worker);
  }

  /** The median time of the workers that are done; empty if they are less than half. */
  public OptionalLong usual() {
    List<Long> took = new ArrayList<>();
    int planned = 0;
    for (Map.Entry<WorkerId, WorkerLeases> entry : byWorker.entrySet()) {
      WorkerLeases leases = entry.getValue();
      if (leases.isPlanned && !isAhead.test(entry.getKey())) {
        planned++;
        leases.took.ifPresent(took::add);
      }
    }
    if (took.isEmpty() || 2 * took.size() < planned) {
      return OptionalLong.empty();
    }
    took.sort(null);
    return OptionalLong.of(took.get(took.size() / 2));
  }

  /** Those whom others stand in for. */
  public List<WorkerId> late(long now) {
    return late(TOLERANCE, now);
  }

  /**
   * Those who take more than twice as long as others took for what they were asked for, and at
   * least {@code atLeast} longer.
   */
  public List<WorkerId> late(long atLeast, long now) {
    OptionalLong usual = usual();
    if (usual.isEmpty()) {
      return List.of();
    }
    long limit = usual.getAsLong() + Math.max(usual.getAsLong(), atLeast);
    return byWorker.entrySet().stream()
        .filter(entry -> entry.getValue().isOpen() && now - entry.getValue().since > limit)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What the workers did of it; the round is over. */
  public Map<WorkerId, Speeds.Took> took(ToIntFunction<WorkerId> threads, long now) {
    Map<WorkerId, Speeds.Took> took = new LinkedHashMap<>();
    byWorker.forEach(
        (worker, leases) -> {
          if (leases.isPlanned && !isAhead.test(worker)) {
            took.put(
                worker,
                new Speeds.Took(
                    threads.applyAsInt(worker),
                    leases.units,
                    leases.took.orElse(now - leases.begin),
                    leases.took.isPresent()));
          }
        });
    return took;
  }
}
