package io.cordee.bench.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * A network cable between one process and a server: listens on a port, passes bytes on to the
 * server and back, and can be cut, stalled and made slow. A server that does not listen makes a
 * connection that ends at once.
 *
 * <p>Two threads for each connection.
 */
final class Cable implements AutoCloseable {

  private static final int BUFFER = 1 << 16;
  private static final int DIAL_MILLIS = 5_000;

  private final ServerSocket entry;
  private final InetSocketAddress server;
  private final Set<Connection> connections = new HashSet<>();
  private boolean isStalled;
  private Duration delay = Duration.ZERO;
  private boolean isClosed;

  private Cable(ServerSocket entry, InetSocketAddress server) {
    this.entry = entry;
    this.server = server;
  }

  /** {@code server} need not listen yet. */
  static Cable to(InetSocketAddress server) throws IOException {
    Cable cable = new Cable(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), server);
    start(cable::accept);
    return cable;
  }

  /** Where it begins, as in {@code 127.0.0.1:40000}. */
  String address() {
    return "127.0.0.1:" + entry.getLocalPort();
  }

  /** Ends every connection, in the middle of whatever is said; new ones may be made. */
  synchronized void cut() {
    connections.forEach(Connection::reset);
  }

  /** Lets no byte through, until told otherwise; connections stay. */
  synchronized void stall(boolean isStalled) {
    this.isStalled = isStalled;
    notifyAll();
  }

  /** Holds up each piece of at most 64 KiB, in each direction, for so long. */
  synchronized void delay(Duration delay) {
    this.delay = delay;
  }

  @Override
  public synchronized void close() throws IOException {
    isClosed = true;
    notifyAll();
    cut();
    entry.close();
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task, "cable");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void accept() {
    while (true) {
      try {
        Connection connection = new Connection(entry.accept(), new Socket());
        start(() -> connect(connection));
      } catch (IOException e) {
        return; // It is closed.
      }
    }
  }

  /** Carries a connection until both directions have ended. */
  private void connect(Connection connection) {
    Socket near = connection.near();
    Socket far = connection.far();
    try {
      far.connect(server, DIAL_MILLIS);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      if (add(connection)) {
        Thread there = start(() -> pass(near, far, connection));
        pass(far, near, connection);
        there.join();
      }
    } catch (IOException e) {
      // Nobody listens there.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      remove(connection);
    }
  }

  private synchronized boolean add(Connection connection) {
    return !isClosed && connections.add(connection);
  }

  private synchronized void remove(Connection connection) {
    connections.remove(connection);
    connection.reset();
  }

  /** Carries one direction to its end; if that is not a regular one, it is also the other's. */
  private void pass(Socket from, Socket to, Connection connection) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        holdUp();
        out.write(buffer, 0, read);
      }
      holdUp();
      to.shutdownOutput();
    } catch (IOException e) {
      connection.reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      connection.reset();
    }
  }

  private void holdUp() throws InterruptedException {
    Duration pause;
    synchronized (this) {
      while (isStalled && !isClosed) {
        wait();
      }
      pause = delay;
    }
    Thread.sleep(pause.toMillis());
  }

  /** Both ends of a connection. */
  private record Connection(Socket near, Socket far) {

    void reset() {
      reset(near);
      reset(far);
    }

    private static void reset(Socket socket) {
      try (socket) {
        socket.setSoLinger(true, 0);
      } catch (IOException e) {
        // It is closed already.
      }
    }
  }
}
