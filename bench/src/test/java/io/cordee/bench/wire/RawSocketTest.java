package io.cordee.bench.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RawSocketTest {

  @Test
  void aVectorArrivesAsItWasSent() throws Exception {
    float[] sent = new float[200_001]; // more than three times the staging buffer
    for (int i = 0; i < sent.length; i++) {
      sent[i] = i;
    }
    float[] received = new float[sent.length];
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocketChannel listening =
            ServerSocketChannel.open().bind(new InetSocketAddress(here, 0));
        SocketChannel from = SocketChannel.open(listening.getLocalAddress());
        SocketChannel to = listening.accept()) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                try {
                  new RawSocket(from).send(sent);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      new RawSocket(to).receive(received);
      sending.get();
    }
    assertArrayEquals(sent, received);
  }
}
