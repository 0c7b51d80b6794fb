package io.cordee.bench.wire;

import io.cordee.bench.process.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A plain socket program: takes a vector and sends one back, again and again. One client. */
public final class RawServer implements Role {

  private final int floats;
  private final ServerSocketChannel socket = ServerSocketChannel.open();

  /**
   * @param arguments the length of the vector
   */
  public RawServer(String[] arguments) throws IOException {
    floats = Integer.parseInt(arguments[0]);
  }

  @Override
  public String greeting() throws IOException {
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread thread = new Thread(this::serve, "serve");
    thread.setDaemon(true);
    thread.start();
    return Integer.toString(((InetSocketAddress) socket.getLocalAddress()).getPort());
  }

  private void serve() {
    float[] pushed = new float[floats];
    float[] pulled = new float[floats];
    try (SocketChannel client = socket.accept()) {
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Floats stream = new Floats(client);
      for (; ; ) {
        stream.receive(pushed);
        stream.send(pulled);
      }
    } catch (IOException e) {
      // The client has left.
    }
  }
}
