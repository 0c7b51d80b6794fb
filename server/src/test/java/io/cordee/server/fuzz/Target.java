package io.cordee.server.fuzz;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** The ports under attack, and the streams that attacks have left open. */
final class Target implements AutoCloseable {

  /** The most silent streams open at a time. */
  static final int LEFT_OPEN = 8;

  private final List<Integer> ports;
  private final Tempo tempo;
  private final Channels lead;
  private final Channels last;
  private final Deque<HostileStream> open = new ArrayDeque<>();

  /** Ports are those of shard 0 and of the last one, which may be the same. */
  Target(List<Integer> ports, Tempo tempo) {
    this.ports = ports;
    this.tempo = tempo;
    lead = new Channels(ports.get(0));
    last = isSharded() ? new Channels(ports.get(1)) : lead;
  }

  boolean isSharded() {
    return !ports.get(0).equals(ports.get(1));
  }

  int port(Random random) {
    return ports.get(random.nextInt(ports.size()));
  }

  Tempo tempo() {
    return tempo;
  }

  Channels any(Random random) {
    return random.nextBoolean() ? lead : last;
  }

  /** For attacks that may cost the connection. */
  Channels ofItsOwn(Random random) {
    return new Channels(port(random));
  }

  Channels lead() {
    return lead;
  }

  /** Leaves a stream open until {@link #LEFT_OPEN} others have been left open. */
  void leaveOpen(HostileStream stream) {
    HostileStream oldest = null;
    synchronized (open) {
      open.add(stream);
      if (open.size() > LEFT_OPEN) {
        oldest = open.remove();
      }
    }
    if (oldest != null) {
      oldest.cancel();
    }
  }

  void leaveOpenFor(HostileStream stream, int milliseconds) throws InterruptedException {
    Thread.sleep(milliseconds);
    stream.cancel();
  }

  @Override
  public void close() {
    synchronized (open) {
      open.forEach(HostileStream::cancel);
      open.clear();
    }
    lead.close();
    last.close();
  }
}
