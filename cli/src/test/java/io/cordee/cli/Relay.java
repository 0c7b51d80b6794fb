package io.cordee.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A TCP proxy in front of a server; tests cut its connections. */
final class Relay implements AutoCloseable {

  private record Pair(Socket client, Socket server) {}

  private final int serverPort;
  private final ServerSocket listening;
  private final List<Pair> pairs = new CopyOnWriteArrayList<>();

  private Relay(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  static Relay to(int port) throws IOException {
    return new Relay(port);
  }

  int port() {
    return listening.getLocalPort();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Pair pair = new Pair(client, new Socket(InetAddress.getLoopbackAddress(), serverPort));
        pairs.add(pair);
        start(() -> pass(pair.client(), pair.server()));
        start(() -> pass(pair.server(), pair.client()));
      } catch (IOException e) {
        // Closed, or the client did not wait.
      }
    }
  }

  private static void pass(Socket from, Socket to) {
    byte[] buffer = new byte[64 << 10];
    try {
      InputStream in = from.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        to.getOutputStream().write(buffer, 0, read);
      }
    } catch (IOException e) {
      // Cut.
    }
  }

  void cut() {
    halve();
    bury();
  }

  /** Connections end for the clients; the server does not notice, and hears no more. */
  void halve() {
    pairs.forEach(pair -> close(pair.client()));
  }

  /** Closes the server's ends, also of connections that were not halved. */
  void bury() {
    pairs.forEach(pair -> close(pair.server()));
    pairs.clear();
  }

  /** {@link #bury} for all but the newest connection. */
  void buryOld() {
    List<Pair> old = pairs.subList(0, pairs.size() - 1);
    old.forEach(pair -> close(pair.server()));
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    cut();
  }
}
