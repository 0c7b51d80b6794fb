package io.cordee.server.training;

import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.team.LeasePlanner;
import io.cordee.server.team.Plan;
import io.cordee.server.team.Speeds;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Who is connected, and the plans: the one that rounds follow, and the one that the team is loading
 * rows for.
 *
 * <p>A new plan becomes active between rounds, once everybody in it is prepared; so a newcomer does
 * not stop the others.
 */
final class Roster {

  /** As many as a server takes workers; of more, the last ones are known. */
  private static final int MOST_EXCLUDED = 256;

  private final ReductionTree tree;
  private final int minWorkers;
  private final LeasePlanner planner;
  private final Speeds speeds = new Speeds();
  private final Map<WorkerId, Member> members = new LinkedHashMap<>();

  /** Why workers were excluded, by their names. */
  private final Map<String, String> excluded = new LinkedHashMap<>();

  private Plan active = new Plan(0, Map.of());
  private Optional<Plan> pending = Optional.empty();
  private int plans;

  Roster(ReductionTree tree, int minWorkers) {
    this.tree = tree;
    this.minWorkers = minWorkers;
    planner = new LeasePlanner(tree);
  }

  void add(Member member) {
    members.put(member.id, member);
  }

  Optional<Member> get(WorkerId worker) {
    return Optional.ofNullable(members.get(worker));
  }

  /** Returns whether it was there. */
  boolean remove(WorkerId worker) {
    speeds.forget(worker);
    return members.remove(worker) != null;
  }

  /** As {@link #remove}; the reason is kept. */
  void exclude(WorkerId worker, String why) {
    remove(worker);
    if (excluded.size() >= MOST_EXCLUDED) {
      excluded.remove(excluded.keySet().iterator().next());
    }
    excluded.put(worker.name(), why);
  }

  /** Why workers were excluded, by their names, unless they are back with data that fit. */
  Map<String, String> excluded() {
    return excluded;
  }

  /** Nothing is expected of the member until it is back. */
  void leaveOut(Member member, Member.Presence presence) {
    member.presence = presence;
    member.isPrepared = false;
    speeds.forget(member.id);
  }

  boolean has(WorkerId worker) {
    return members.containsKey(worker);
  }

  Collection<WorkerId> connected() {
    return List.copyOf(members.keySet());
  }

  /** Returns whether it is connected and has said what data it finds. */
  boolean isReady(WorkerId worker) {
    return members.containsKey(worker) && members.get(worker).hasFoundData();
  }

  void found(WorkerId worker, DataFound found) {
    members.get(worker).found = Optional.of(found);
    excluded.remove(worker.name());
  }

  Map<WorkerId, DataFound> found() {
    Map<WorkerId, DataFound> found = new LinkedHashMap<>();
    members.values().stream()
        .filter(member -> member.hasFoundData() && member.isHere())
        .forEach(member -> found.put(member.id, member.found.orElseThrow()));
    return found;
  }

  /** Nobody waits for another vote on the data. */
  void doubtNobody() {
    members.values().forEach(member -> member.isInDoubt = false);
  }

  List<Member> unready() {
    return members.values().stream().filter(member -> !member.hasFoundData()).toList();
  }

  /** Returns whether a plan of this number was made. */
  boolean hasPlanned(int plan) {
    return plan >= 1 && plan <= plans;
  }

  /** Those who can be planned with. */
  List<WorkerId> ready() {
    return members.values().stream()
        .filter(member -> member.hasFoundData() && member.isHere() && !member.isInDoubt)
        .map(member -> member.id)
        .toList();
  }

  /** Returns whether there are enough workers for work to be given out. */
  boolean areEnough() {
    return ready().size() >= minWorkers && lackOfRoom().isEmpty();
  }

  private boolean isHere(WorkerId worker) {
    return members.containsKey(worker) && members.get(worker).isHere();
  }

  /** Those for whose rows the pending plan waits. */
  List<WorkerId> unprepared() {
    return pending.map(Plan::workers).orElse(Set.of()).stream()
        .filter(worker -> isHere(worker) && !members.get(worker).isPrepared)
        .toList();
  }

  int threads(WorkerId worker) {
    return members.containsKey(worker) ? members.get(worker).threads : 1;
  }

  /** What a worker is worth when work is shared out. */
  double speed(WorkerId worker) {
    return speeds.of(worker, threads(worker));
  }

  /** As in "is ... others". */
  String speedInWords(WorkerId worker) {
    double factor = speed(worker) / threads(worker);
    return factor == 1 ? "as fast as" : String.format(Locale.ROOT, "%.2g times as fast as", factor);
  }

  /** How many partitions a worker gets by the plan that is to come. */
  int planned(WorkerId worker) {
    return pending.orElse(active).holding(worker).cardinality();
  }

  Speeds speeds() {
    return speeds;
  }

  /**
   * Shares the partitions among the workers that are ready; the new plan is pending until all of
   * them are prepared.
   */
  Plan plan() {
    List<WorkerId> ready = ready();
    List<Integer> rooms = ready.stream().map(this::room).toList();
    List<BitSet> shares = planner.share(ready.stream().map(this::threads).toList());
    boolean fits =
        IntStream.range(0, rooms.size()).allMatch(i -> shares.get(i).cardinality() <= rooms.get(i));
    List<Double> speed = ready.stream().map(this::speed).toList();
    List<BitSet> shared =
        fits && speeds.areAlike(ready) ? shares : LeasePlanner.shareBySpeed(all(), speed, rooms);
    Map<WorkerId, BitSet> holdings = new LinkedHashMap<>();
    for (int i = 0; i < ready.size(); i++) {
      holdings.put(ready.get(i), shared.get(i));
    }
    Plan plan = new Plan(++plans, holdings);
    pending = Optional.of(plan);
    members.values().forEach(member -> member.isPrepared = false);
    return plan;
  }

  /** How many partitions a worker has memory for. */
  int room(WorkerId worker) {
    return get(worker).flatMap(member -> member.found).map(DataFound::room).orElse(0);
  }

  /** What there is if the workers do not have memory for all partitions together, for people. */
  Optional<String> lackOfRoom() {
    Map<WorkerId, Integer> rooms = new LinkedHashMap<>();
    ready().forEach(worker -> rooms.put(worker, room(worker)));
    long all = rooms.values().stream().mapToLong(Integer::longValue).sum();
    return Optional.of("the workers have memory for %d of %d partitions %s")
        .filter(text -> all < tree.partitions())
        .map(text -> text.formatted(all, tree.partitions(), rooms));
  }

  private BitSet all() {
    BitSet all = new BitSet(tree.partitions());
    all.set(0, tree.partitions());
    return all;
  }

  boolean hasPending() {
    return pending.isPresent();
  }

  void forgetPending() {
    pending = Optional.empty();
  }

  void prepared(WorkerId worker, int plan) {
    if (pending.isPresent() && pending.get().number() == plan) {
      members.get(worker).isPrepared = true;
    }
  }

  /** Makes the pending plan the active one if everybody in it is prepared; whether it did. */
  boolean activate() {
    if (pending.isEmpty() || !pending.get().workers().stream().allMatch(this::isPrepared)) {
      return false;
    }
    active = pending.get();
    pending = Optional.empty();
    return true;
  }

  private boolean isPrepared(WorkerId worker) {
    return members.containsKey(worker) && members.get(worker).isPrepared;
  }

  /** The plan that rounds follow, without workers that have left or are left out. */
  Plan active() {
    Map<WorkerId, BitSet> holdings = new LinkedHashMap<>();
    for (WorkerId worker : active.workers()) {
      if (isHere(worker)) {
        holdings.put(worker, active.holding(worker));
      }
    }
    return new Plan(active.number(), holdings);
  }
}
