package io.cordee.server.fuzz;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What is attacked, and what attacks on it have left open. */
final class Target implements AutoCloseable {

  private static final int CHANNELS = 3;

  /** So many silent streams are open at a time. */
  static final int LEFT_OPEN = 8;

  private final int port;
  private final Tempo tempo;
  private final List<ManagedChannel> channels;
  private final Deque<HostileStream> open = new ArrayDeque<>();

  Target(int port, Tempo tempo) {
    this.port = port;
    this.tempo = tempo;
    channels =
        IntStream.range(0, CHANNELS)
            .<ManagedChannel>mapToObj(
                i ->
                    NettyChannelBuilder.forAddress("127.0.0.1", port)
                        .usePlaintext()
                        .directExecutor()
                        .build())
            .toList();
  }

  int port() {
    return port;
  }

  Tempo tempo() {
    return tempo;
  }

  Channel channel(Random random) {
    return channels.get(random.nextInt(channels.size()));
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
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
