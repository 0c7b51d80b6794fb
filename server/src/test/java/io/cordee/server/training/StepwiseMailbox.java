package io.cordee.server.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Pauses threads before each step, and checks that events run one at a time, without locks. */
final class StepwiseMailbox extends Mailbox {

  private final Lockstep lockstep;
  private final Map<Runnable, String> names = new HashMap<>();
  private final List<String> waiting = new ArrayList<>();
  private final Consumer<String> begun;
  private boolean isRunning;

  /** {@code begun} hears of each event that begins to run. */
  StepwiseMailbox(Lockstep lockstep, Consumer<String> begun) {
    this.lockstep = lockstep;
    this.begun = begun;
  }

  @Override
  boolean leave(Runnable event) {
    lockstep.pause("leaves");
    String name = "(" + lockstep.where() + ")";
    Runnable watched =
        () -> {
          if (isRunning) {
            throw new AssertionError("two events at once");
          }
          requireFree();
          isRunning = true;
          lockstep.pause("runs");
          begun.accept(name);
          try {
            event.run();
          } finally {
            isRunning = false;
          }
        };
    names.put(watched, name);
    waiting.add(name);
    boolean runsIt = super.leave(watched);
    lockstep.note(runsIt);
    return runsIt;
  }

  @Override
  Runnable next() {
    lockstep.pause("asks");
    Runnable next = super.next();
    String name = next == null ? "none" : names.get(next);
    waiting.remove(name);
    lockstep.note(next == null ? "none" : "one");
    return next;
  }

  @Override
  List<Runnable> takeTasks() {
    lockstep.pause("takes");
    List<Runnable> tasks = super.takeTasks();
    lockstep.note(tasks.size());
    return tasks;
  }

  void requireFree() {
    if (Thread.holdsLock(this)) {
      throw new AssertionError("with the mailbox held");
    }
  }

  List<String> waiting() {
    return waiting;
  }
}
