package io.cordee.bench.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
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
  private long delayNanos;
  private boolean isClosed;

  private Cable(ServerSocket entry, InetSocketAddress server) {
    this.entry = entry;
    this.server = server;
  }

  /** Lays a cable to a server, which need not listen yet. */
  static Cable to(InetSocketAddress server) throws IOException {
    Cable cable = new Cable(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), server);
    start("cable", cable::accept);
    return cable;
  }

  /** Where it begins, as in {@code 127.0.0.1:40000}. */
  String address() {
    return "127.0.0.1:" + entry.getLocalPort();
  }

  /** Ends every connection, in the middle of whatever is said; new ones may be made. */
  synchronized void cut() {
    connections.forEach(Connection::reset);
    connections.clear();
  }

  /** Lets no byte through, until told otherwise; connections stay. */
  synchronized void stall(boolean isStalled) {
    this.isStalled = isStalled;
    notifyAll();
  }

  /** Holds up each piece of at most 64 KiB, in each direction, for so long. */
  synchronized void delay(Duration delay) {
    delayNanos = delay.toNanos();
  }

  @Override
  public synchronized void close() throws IOException {
    isClosed = true;
    notifyAll();
    cut();
    entry.close();
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (true) {
      try {
        Socket near = entry.accept();
        start("cable", () -> connect(near));
      } catch (IOException e) {
        return; // It is closed.
      }
    }
  }

  private void connect(Socket near) {
    Socket far = new Socket();
    Connection connection = new Connection(near, far);
    try {
      far.connect(server, DIAL_MILLIS);
      near.setOption(StandardSocketOptions.TCP_NODELAY, true);
      far.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (!add(connection)) {
        connection.reset();
        return;
      }
      start("cable", () -> pass(near, far, connection));
      pass(far, near, connection);
    } catch (IOException e) {
      connection.reset();
    }
  }

  private synchronized boolean add(Connection connection) {
    return !isClosed && connections.add(connection);
  }

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
      if (connection.isHalfDone()) {
        end(connection);
      }
    } catch (IOException e) {
      end(connection);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end(connection);
    }
  }

  private synchronized void end(Connection connection) {
    connections.remove(connection);
    connection.reset();
  }

  private void holdUp() throws InterruptedException {
    long nanos;
    synchronized (this) {
      while (isStalled && !isClosed) {
        wait();
      }
      nanos = delayNanos;
    }
    if (nanos > 0) {
      Thread.sleep(Duration.ofNanos(nanos).toMillis());
    }
  }

  /** Both ends of a connection. */
  private static final class Connection {

    private final Socket near;
    private final Socket far;
    private boolean isHalfDone;

    Connection(Socket near, Socket far) {
      this.near = near;
      this.far = far;
    }

    /** Whether the other direction has ended before; this one has now. */
    synchronized boolean isHalfDone() {
      boolean before = isHalfDone;
      isHalfDone = true;
      return before;
    }

    void reset() {
      reset(near);
      reset(far);
    }

    private static void reset(Socket socket) {
      try {
        socket.setSoLinger(true, 0);
      } catch (IOException e) {
        // It is closed already.
      }
      try {
        socket.close();
      } catch (IOException e) {
        // There is nothing more to end.
      }
    }
  }
}
