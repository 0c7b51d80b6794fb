package io.cordee.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes on what goes between a client and a server, until it is told to do so no more. */
final class Relay implements AutoCloseable {

  /** A connection: to the client, and on to the server. */
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
        // The end of it, or of a client that did not wait.
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

  /** Connections end on both sides. */
  void cut() {
    halve();
    bury();
  }

  /** Connections end for the clients; the server does not hear of it, nor anything else. */
  void halve() {
    pairs.forEach(pair -> close(pair.client()));
  }

  /** The server hears that connections which were halved have ended; others end as well. */
  void bury() {
    pairs.forEach(pair -> close(pair.server()));
    pairs.clear();
  }

  /** As {@link #bury}, but for the newest connection. */
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
