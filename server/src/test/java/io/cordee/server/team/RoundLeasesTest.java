package io.cordee.server.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Slices;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RoundLeasesTest {

  private static final WorkerId FIRST = new WorkerId(1, "first");
  private static final WorkerId SECOND = new WorkerId(2, "second");

  private final BitSet computed = new BitSet();

  private final Work.Progress progress = progress(true);

  private Work.Progress progress(boolean isMeasured) {
    return new Work.Progress() {
      @Override
      public boolean isComputed(int partition) {
        return computed.get(partition);
      }

      @Override
      public boolean isMeasured(int slice) {
        return isMeasured;
      }
    };
  }

  private static BitSet bits(int... set) {
    BitSet bits = new BitSet();
    for (int bit : set) {
      bits.set(bit);
    }
    return bits;
  }

  private static Plan plan(Map<WorkerId, BitSet> holdings) {
    return new Plan(1, holdings);
  }

  @Test
  void whatComesOfAnOldLeaseDoesNotPayForANewOne() {
    RoundLeases leases = new RoundLeases(2, Slices.NONE, 1, worker -> 2, worker -> false);
    leases.assign(plan(Map.of(FIRST, bits(0, 1), SECOND, bits())), worker -> 1, progress, 0);
    leases.release(FIRST);
    leases.assign(plan(Map.of(SECOND, bits(0))), worker -> 1, progress, 1);
    leases.release(SECOND);
    leases.assign(plan(Map.of(FIRST, bits(1), SECOND, bits(0))), worker -> 1, progress, 2);

    computed.set(0); // the first worker's, leased before it was released
    leases.came(FIRST, 1, 3);

    assertFalse(leases.isOpen(FIRST), "by number it is done");
    assertTrue(leases.owes(FIRST, progress));
    assertFalse(leases.owes(SECOND, progress));
  }

  /** Workers come, go and lag at will: none exceeds its room, and one works while any has room. */
  @Property(tries = 2000)
  void everyPartitionIsLeasedInTheEndIfAndOnlyIfSomebodyHasRoom(
      @ForAll @IntRange(min = 1, max = 40) int partitions,
      @ForAll @IntRange(min = 1, max = 3) int chunks,
      @ForAll @IntRange(min = 0, max = 6) int mostRoom,
      @ForAll long seed) {
    computed.clear();
    Random random = new Random(seed);
    Map<WorkerId, Integer> rooms = new LinkedHashMap<>();
    Map<WorkerId, List<Integer>> open = new LinkedHashMap<>();
    RoundLeases leases =
        new RoundLeases(partitions, Slices.NONE, chunks, rooms::get, worker -> false);
    long now = 0;
    for (int step = 0; computed.cardinality() < partitions; step++) {
      now += random.nextInt(300_000_000);
      boolean isQuiet = step > 100; // nobody comes or goes any more
      List<WorkerId> team = List.copyOf(rooms.keySet());
      if (team.isEmpty() || !isQuiet && random.nextInt(8) == 0) {
        WorkerId newcomer = new WorkerId(step, "worker " + step);
        rooms.put(newcomer, random.nextInt(mostRoom + 1));
        open.put(newcomer, new ArrayList<>());
      } else if (!isQuiet && random.nextInt(10) == 0) {
        WorkerId gone = team.get(random.nextInt(team.size()));
        leases.release(gone);
        rooms.remove(gone);
        open.remove(gone);
      } else {
        WorkerId worker = team.get(random.nextInt(team.size()));
        if (!open.get(worker).isEmpty()) {
          computed.set(open.get(worker).remove(0));
          for (int chunk = 0; chunk < chunks; chunk++) {
            leases.came(worker, 1, now);
          }
        }
      }
      Plan plan = sharedByRoom(partitions, rooms, random);
      take(open, leases.assign(plan, worker -> 1, progress, now));
      BitSet leased = (BitSet) computed.clone();
      open.values().forEach(some -> some.forEach(leased::set));
      boolean isShort = leased.cardinality() < partitions;
      assertEquals(isShort, leases.isShort());
      open.forEach(
          (worker, some) ->
              assertTrue(!isShort || some.size() == rooms.get(worker), "room is left"));
      take(open, leases.backUp(rooms.keySet(), worker -> 1, progress, now));
      open.forEach((worker, some) -> assertTrue(some.size() <= rooms.get(worker), "too many"));
      if (isQuiet && rooms.values().stream().allMatch(room -> room == 0)) {
        assertTrue(isShort);
        return;
      }
    }
  }

  private static void take(Map<WorkerId, List<Integer>> open, Map<WorkerId, Work> asked) {
    asked.forEach((worker, work) -> work.partitions().stream().forEach(open.get(worker)::add));
  }

  private static Plan sharedByRoom(int partitions, Map<WorkerId, Integer> rooms, Random random) {
    BitSet all = new BitSet();
    all.set(0, partitions);
    List<WorkerId> some = rooms.keySet().stream().filter(worker -> random.nextInt(4) > 0).toList();
    List<BitSet> shares =
        LeasePlanner.shareBySpeed(
            all, some.stream().map(worker -> 1.0).toList(), some.stream().map(rooms::get).toList());
    Map<WorkerId, BitSet> holdings = new LinkedHashMap<>();
    rooms.keySet().forEach(worker -> holdings.put(worker, new BitSet()));
    IntStream.range(0, shares.size()).forEach(i -> holdings.put(some.get(i), shares.get(i)));
    return plan(holdings);
  }

  /** Slices not yet measured take no partition's place. */
  @Test
  void aWorkerWithRoomForItsPartitionsIsLeasedThemBesideItsSlices() {
    Work.Progress unmeasured = progress(false);
    RoundLeases leases = new RoundLeases(4, new Slices(0, 4), 1, worker -> 2, worker -> false);
    leases.assign(plan(Map.of(FIRST, bits(0, 1), SECOND, bits(2, 3))), worker -> 1, unmeasured, 0);
    computed.set(0, 2);
    leases.came(FIRST, 2, 1);
    leases.release(SECOND);
    Map<WorkerId, Work> asked =
        leases.assign(plan(Map.of(FIRST, bits(0, 1))), worker -> 1, unmeasured, 2);
    assertEquals(bits(2, 3), asked.get(FIRST).partitions());
    assertFalse(leases.isShort());
  }

  /** In a team of peers, shard 0 hears of its own worker at once, of others by the network. */
  @Test
  void whoIsAheadAnywayMakesNobodyLate() {
    RoundLeases leases = new RoundLeases(2, Slices.NONE, 1, worker -> 2, FIRST::equals);
    leases.assign(plan(Map.of(FIRST, bits(0), SECOND, bits(1))), worker -> 1, progress, 0);
    computed.set(0);
    leases.came(FIRST, 1, 1);
    assertTrue(leases.late(0, 1_000_000_000).isEmpty());
    assertEquals(Set.of(SECOND), leases.took(worker -> 1, 2_000_000_000).keySet());
  }
}
