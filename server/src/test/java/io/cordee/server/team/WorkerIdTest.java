package io.cordee.server.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class WorkerIdTest {

  @Test
  void idsOfOneConnectionAreEqual() {
    WorkerId ann = new WorkerId(1, "ann");
    assertEquals(ann, new WorkerId(1, "ann"));
    assertEquals(ann.hashCode(), new WorkerId(1, "ann").hashCode());
    assertNotEquals(ann, new WorkerId(2, "ann"));
    assertNotEquals(ann, new WorkerId(1, "ben"));
    assertNotEquals(null, ann);
  }
}
