package io.cordee.bench.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Actions scheduled for later. Used by one thread. */
final class Agenda {

  /** Something to do. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException, InterruptedException;
  }

  private record Entry(long due, Action action) {}

  private final List<Entry> entries = new ArrayList<>();

  void after(Duration pause, Action action) {
    entries.add(new Entry(System.nanoTime() + pause.toNanos(), action));
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Does what is due. */
  void run() throws IOException, InterruptedException {
    long now = System.nanoTime();
    List<Entry> due = entries.stream().filter(entry -> now - entry.due() >= 0).toList();
    entries.removeAll(due);
    for (Entry entry : due) {
      entry.action().run();
    }
  }
}
