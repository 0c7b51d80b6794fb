package io.cordee.server.fuzz;

import io.cordee.server.fuzz.HostileStream.Reading;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;

/** Connections to one port, of few streams: too many resets by either side cost a connection. */
final class Channels implements AutoCloseable {

  private static final int STREAMS_EACH = 20;

  private final int port;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private int streams;

  Channels(int port) {
    this.port = port;
  }

  HostileStream train(Reading reading) {
    return open("cordee.v1.ParameterServer/Train", reading, CallOptions.DEFAULT);
  }

  /** Begun before its connection is shut down. */
  synchronized HostileStream open(String method, Reading reading, CallOptions options) {
    return new HostileStream(next(), method, reading, options);
  }

  private Channel next() {
    if (streams++ % STREAMS_EACH == 0) {
      // Earlier ones end with their last stream.
      channels.forEach(ManagedChannel::shutdown);
      channels.removeIf(ManagedChannel::isTerminated);
      channels.add(
          NettyChannelBuilder.forAddress("127.0.0.1", port)
              .usePlaintext()
              .directExecutor()
              .build());
    }
    return channels.get(channels.size() - 1);
  }

  @Override
  public synchronized void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
