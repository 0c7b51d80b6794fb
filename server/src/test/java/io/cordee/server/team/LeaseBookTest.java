package io.cordee.server.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Slices;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

class LeaseBookTest {

  private static final IntPredicate NOTHING = unit -> false;
  private static final ToIntFunction<WorkerId> ANY = worker -> Integer.MAX_VALUE;

  private final WorkerId ann = new WorkerId(1, "ann");
  private final WorkerId ben = new WorkerId(2, "ben");
  private final LeaseBook book = new LeaseBook(4);

  @Test
  void everyUnitIsLeasedToItsHolderOnce() {
    Plan plan = plan(units(0, 1), units(2, 3));
    assertEquals(Map.of(ann, units(0, 1), ben, units(2, 3)), book.assign(plan, NOTHING, ANY));
    assertEquals(Map.of(), book.assign(plan, NOTHING, ANY));
    assertTrue(book.orphans(NOTHING).isEmpty());
  }

  @Test
  void whatIsCoveredIsNotLeasedAgain() {
    Plan plan = plan(units(0, 1), units(2, 3));
    IntPredicate firstThree = unit -> unit < 3;
    assertEquals(Map.of(ben, units(3)), book.assign(plan, firstThree, ANY));
    assertTrue(book.orphans(firstThree).isEmpty());
  }

  @Test
  void whatSomebodyHeldWhoIsGoneIsLeasedToWhoeverHoldsItInTheNextPlan() {
    book.assign(plan(units(0, 1), units(2, 3)), NOTHING, ANY);
    book.release(ben);
    assertFalse(book.orphans(NOTHING).isEmpty());
    IntPredicate two = unit -> unit == 2;
    Map<WorkerId, BitSet> next = book.assign(plan(units(0, 1, 2, 3), units()), two, ANY);
    assertEquals(Map.of(ann, units(3)), next);
  }

  @Test
  void whatSomebodyStillHoldsIsNotMovedByANewPlan() {
    book.assign(plan(units(0, 1, 2, 3), units()), NOTHING, ANY);
    assertEquals(Map.of(), book.assign(plan(units(0, 1), units(2, 3)), NOTHING, ANY));
  }

  @Test
  void whatNobodyHoldsInThePlanIsAnOrphan() {
    assertEquals(Map.of(ann, units(0)), book.assign(plan(units(0), units()), NOTHING, ANY));
    assertFalse(book.orphans(NOTHING).isEmpty());
    assertTrue(book.orphans(unit -> unit != 0).isEmpty());
  }

  @Test
  void nobodyIsLeasedMoreUnitsThanItHasRoomFor() {
    Plan plan = plan(units(0, 1, 2), units(3));
    assertEquals(Map.of(ann, units(0, 1), ben, units(3)), book.assign(plan, NOTHING, worker -> 2));
    assertEquals(units(2), book.orphans(NOTHING));
  }

  @Test
  void thereMayBeFewerSlicesThanPartitions() {
    LeaseBook slices = new LeaseBook(new Slices(0, 2));
    assertEquals(
        Map.of(ann, units(0, 1)), slices.assign(plan(units(0, 1, 2), units(3)), NOTHING, ANY));
    assertTrue(slices.orphans(NOTHING).isEmpty());
    LeaseBook both = new LeaseBook(new Slices(2, 3));
    assertEquals(
        Map.of(ann, units(0, 2), ben, units(1, 3, 4)),
        both.assign(plan(units(0), units(1, 2, 3)), NOTHING, ANY));
  }

  @Test
  void thePlanIsNotChangedByLeasing() {
    Plan plan = plan(units(0, 1), units(2, 3));
    book.assign(plan, unit -> unit == 0, ANY);
    assertEquals(units(0, 1), plan.holding(ann));
  }

  @Test
  void aUnitWithSeveralHoldersIsNobodysOnlyWhenAllAreGone() {
    book.assign(plan(units(0, 1), units(2, 3)), NOTHING, ANY);
    book.lease(ben, units(0));
    assertEquals(units(1), book.owedBy(ann, NOTHING));
    assertEquals(units(0, 2, 3), book.owedBy(ben, NOTHING));
    book.release(ben);
    assertEquals(units(0, 1), book.owedBy(ann, NOTHING));
    assertEquals(units(2, 3), book.orphans(NOTHING));
    book.release(ann);
    assertEquals(units(0, 1, 2, 3), book.orphans(NOTHING));
  }

  @Test
  void anEarlierHolderThatIsGoneDoesNotComeBack() {
    book.assign(plan(units(0, 1), units(2, 3)), NOTHING, ANY);
    book.lease(ben, units(0));
    book.release(ann);
    assertEquals(units(1), book.orphans(NOTHING));
    book.release(ben);
    assertEquals(units(0, 1, 2, 3), book.orphans(NOTHING));
  }

  private Plan plan(BitSet annsUnits, BitSet bensUnits) {
    Map<WorkerId, BitSet> holdings = new LinkedHashMap<>();
    holdings.put(ann, annsUnits);
    holdings.put(ben, bensUnits);
    return new Plan(1, holdings);
  }

  private static BitSet units(int... units) {
    BitSet set = new BitSet();
    for (int unit : units) {
      set.set(unit);
    }
    return set;
  }
}
