package io.cordee.bench.wire;

import io.cordee.bench.process.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/** The other side of {@link RawServer}: a round is one push and one pull of a vector. */
public final class RawClient implements Role {

  private final float[] pushed;
  private final float[] pulled;
  private final Floats stream;

  /**
   * @param arguments the server's port and the length of the vector
   */
  public RawClient(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    pushed = new float[Integer.parseInt(arguments[1])];
    pulled = new float[pushed.length];
    SocketChannel socket =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    stream = new Floats(socket);
  }

  @Override
  public String greeting() {
    return "ready";
  }

  @Override
  public void run(int rounds) throws IOException {
    for (int i = 0; i < rounds; i++) {
      stream.send(pushed);
      stream.receive(pulled);
    }
  }
}
