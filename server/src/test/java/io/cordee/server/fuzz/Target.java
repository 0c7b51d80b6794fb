package io.cordee.server.fuzz;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What is attacked, and what attacks on it have left open. */
final class Target implements AutoCloseable {

  private static final int CHANNELS = 3;

  /** So many silent streams are open at a time. */
  static final int LEFT_OPEN = 8;

  private final List<Integer> ports;
  private final Tempo tempo;
  private final List<ManagedChannel> lead;
  private final List<ManagedChannel> any;
  private final Deque<HostileStream> open = new ArrayDeque<>();

  /**
   * @param ports of shard 0, and of the last one, which may be the same
   */
  Target(List<Integer> ports, Tempo tempo) {
    this.ports = ports;
    this.tempo = tempo;
    lead = channels(ports.get(0));
    any = new ArrayList<>(lead);
    if (isSharded()) {
      any.addAll(channels(ports.get(1)));
    }
  }

  private static List<ManagedChannel> channels(int port) {
    return IntStream.range(0, CHANNELS)
        .<ManagedChannel>mapToObj(
            i ->
                NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .directExecutor()
                    .build())
        .toList();
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

  /** To any shard. */
  Channel channel(Random random) {
    return any.get(random.nextInt(any.size()));
  }

  Channel lead(Random random) {
    return lead.get(random.nextInt(lead.size()));
  }

  /** Leaves a stream open until as many others have been. */
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

  /** Says nothing for so long. */
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
    any.forEach(ManagedChannel::shutdownNow);
  }
}
