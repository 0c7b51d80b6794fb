package io.cordee.bench.wire;

import io.cordee.bench.process.Role;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Moves a {@code float[]} over a plain socket, through one direct buffer of 256 KiB; and two
 * programs that do nothing else.
 */
final class RawSocket {

  private static final int STAGING = 256 << 10;

  private final SocketChannel socket;
  private final ByteBuffer staging =
      ByteBuffer.allocateDirect(STAGING).order(ByteOrder.LITTLE_ENDIAN);

  RawSocket(SocketChannel socket) throws IOException {
    this.socket = socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  void send(float[] values) throws IOException {
    int sent = 0;
    while (sent < values.length) {
      int count = Math.min(STAGING / Float.BYTES, values.length - sent);
      staging.clear();
      staging.asFloatBuffer().put(values, sent, count);
      staging.limit(count * Float.BYTES);
      while (staging.hasRemaining()) {
        socket.write(staging);
      }
      sent += count;
    }
  }

  void receive(float[] values) throws IOException {
    int received = 0;
    staging.clear();
    while (received < values.length) {
      staging.limit((int) Math.min(STAGING, (long) (values.length - received) * Float.BYTES));
      if (socket.read(staging) < 0) {
        throw new EOFException("the other side has closed the connection");
      }
      staging.flip();
      int count = staging.remaining() / Float.BYTES;
      staging.asFloatBuffer().get(values, received, count);
      staging.position(count * Float.BYTES);
      staging.compact(); // part of a float may be left
      received += count;
    }
  }

  /** Takes a vector and sends one back, again and again. One client. */
  public static final class Server implements Role {

    private final int floats;
    private final ServerSocketChannel socket = ServerSocketChannel.open();

    /** Takes the length of the vector. */
    public Server(String[] arguments) throws IOException {
      floats = Integer.parseInt(arguments[0]);
    }

    @Override
    public String greeting() throws IOException {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread thread = new Thread(this::serve, "serve");
      thread.setDaemon(true);
      thread.start();
      return Integer.toString(socket.socket().getLocalPort());
    }

    private void serve() {
      float[] pushed = new float[floats];
      float[] pulled = new float[floats];
      try {
        RawSocket client = new RawSocket(socket.accept());
        for (; ; ) {
          client.receive(pushed);
          client.send(pulled);
        }
      } catch (IOException e) {
        // The client has left.
      }
    }
  }

  /** The other side: a round is one push and one pull of a vector. */
  public static final class Client implements Role {

    private final float[] pushed;
    private final float[] pulled;
    private final RawSocket server;

    /** Takes the server's port and the length of the vector. */
    public Client(String[] arguments) throws IOException {
      int port = Integer.parseInt(arguments[0]);
      pushed = new float[Integer.parseInt(arguments[1])];
      pulled = new float[pushed.length];
      InetAddress here = InetAddress.getLoopbackAddress();
      server = new RawSocket(SocketChannel.open(new InetSocketAddress(here, port)));
    }

    @Override
    public void run(int rounds) throws IOException {
      for (int i = 0; i < rounds; i++) {
        server.send(pushed);
        server.receive(pulled);
      }
    }
  }
}
