package io.cordee.common.rule;

import java.util.List;

/** Turns the gradient of a round, and what it remembers in its slots, into new weights. */
public interface UpdateRule {

  /** What it remembers for every parameter. */
  List<Slot> slots();
}
