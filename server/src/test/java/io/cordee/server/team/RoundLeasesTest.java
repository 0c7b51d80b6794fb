package io.cordee.server.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Slices;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who owes what of a round. */
class RoundLeasesTest {

  private static final WorkerId FIRST = new WorkerId(1, "first");
  private static final WorkerId SECOND = new WorkerId(2, "second");

  private final BitSet computed = new BitSet();

  private final Work.Progress progress =
      new Work.Progress() {
        @Override
        public boolean isComputed(int partition) {
          return computed.get(partition);
        }

        @Override
        public boolean isMeasured(int slice) {
          return true;
        }
      };

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
    RoundLeases leases = new RoundLeases(2, Slices.NONE, 1);
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

  /** In a team of equals, shard 0 hears of its own worker at once, of others by the network. */
  @Test
  void whoIsAheadAnywayMakesNobodyLate() {
    RoundLeases leases = new RoundLeases(2, Slices.NONE, 1, FIRST::equals);
    leases.assign(plan(Map.of(FIRST, bits(0), SECOND, bits(1))), worker -> 1, progress, 0);
    computed.set(0);
    leases.came(FIRST, 1, 1);
    assertTrue(leases.late(0, 1_000_000_000).isEmpty());
    assertEquals(Set.of(SECOND), leases.took(worker -> 1, 2_000_000_000).keySet());
  }
}
