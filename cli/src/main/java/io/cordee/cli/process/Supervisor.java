package io.cordee.cli.process;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Children of this process that end together: once it is closed, none begins any more. */
public final class Supervisor implements AutoCloseable {

  private final Duration grace;

  /** All that have been started, in order. */
  private final Set<Supervised> children = new LinkedHashSet<>(); // guarded by this

  private boolean isClosed; // guarded by this

  /** {@code grace} is how long a child may take to end before it is killed; zero: kill at once. */
  public Supervisor(Duration grace) {
    this.grace = grace;
  }

  /** Returns a child that is still to be started, and is not started again. */
  public Supervised child(String name, Supervised.Command command) {
    return child(name, command, ended -> Optional.empty());
  }

  /** Returns a child that is still to be started. */
  public Supervised child(String name, Supervised.Command command, Supervised.Policy policy) {
    return new Supervised(this, name, command, policy);
  }

  /**
   * Begins a process of a child.
   *
   * @throws InterruptedIOException if none is to begin any more
   */
  synchronized void begin(Supervised child, ProcessBuilder command) throws IOException {
    if (isClosed) {
      throw new InterruptedIOException("the team is ending");
    }
    child.began(command, command.start());
    children.add(child);
  }

  public synchronized void startNoMore() {
    isClosed = true;
  }

  private synchronized List<Supervised> lastFirst() {
    List<Supervised> all = new ArrayList<>(children);
    Collections.reverse(all);
    return all;
  }

  /** Ends what still runs, the last one first. */
  @Override
  public void close() {
    startNoMore();
    lastFirst().forEach(child -> child.end(grace));
  }
}
