package io.cordee.server.training;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A queue of messages or tasks; none is available before its time. */
final class Line {

  private record Item(long at, int version, Runnable run) {}

  private final Deque<Item> items = new ArrayDeque<>();

  static List<Line> several(int count) {
    return Stream.generate(Line::new).limit(count).toList();
  }

  void addLast(Runnable run) {
    addLast(0, run);
  }

  void addLast(long at, Runnable run) {
    addLast(at, Integer.MAX_VALUE, run);
  }

  void addLast(long at, int version, Runnable run) {
    items.addLast(new Item(at, version, run));
  }

  Optional<Long> next() {
    return Optional.ofNullable(items.peekFirst()).map(Item::at);
  }

  /** When the last one is available. */
  Optional<Long> last() {
    return Optional.ofNullable(items.peekLast()).map(Item::at);
  }

  boolean isReady(long now) {
    return next().filter(at -> at <= now).isPresent();
  }

  Runnable removeFirst() {
    return items.removeFirst().run();
  }

  void keepFirst(int count) {
    while (items.size() > count) {
      items.removeLast();
    }
  }

  int size() {
    return items.size();
  }

  void abandonBefore(int version) {
    items.removeIf(item -> item.version() < version);
  }

  void clear() {
    items.clear();
  }
}
