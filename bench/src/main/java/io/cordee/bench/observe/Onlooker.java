package io.cordee.bench.observe;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Somebody who looks on: an open page, that is a stream of events, and a Prometheus that scrapes
 * every second. While nobody looks, nothing is open.
 *
 * <p>It reads and throws away: what a browser makes of it is not the training's cost.
 */
final class Onlooker {

  private static final int SCRAPE_SECONDS = 1;

  private final String host;
  private final int port;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Socket> open = new ArrayList<>();
  private volatile boolean isLooking;
  private volatile long bytes;
  private volatile long scrapes;

  /**
   * @param address host and port
   */
  Onlooker(String address) {
    int colon = address.lastIndexOf(':');
    host = address.substring(0, colon);
    port = Integer.parseInt(address.substring(colon + 1));
  }

  void begin() {
    isLooking = true;
    threads.add(start("page", this::readEvents));
    threads.add(start("scrape", this::scrape));
  }

  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  void end() {
    isLooking = false;
    threads.forEach(Thread::interrupt);
    closeAll();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    threads.clear();
  }

  /** Readers that are still at it are not held up. */
  private synchronized void closeAll() {
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        complain(e);
      }
    }
    open.clear();
  }

  private synchronized Socket connect() throws IOException {
    Socket socket = new Socket(host, port);
    open.add(socket);
    if (!isLooking) {
      closeAll();
    }
    return socket;
  }

  private synchronized void close(Socket socket) throws IOException {
    open.remove(socket);
    socket.close();
  }

  private void readEvents() {
    try {
      get("/events", connect());
    } catch (IOException e) {
      complain(e);
    }
  }

  private void scrape() {
    try {
      while (isLooking) {
        Socket socket = connect();
        get("/metrics", socket);
        close(socket);
        scrapes++;
        TimeUnit.SECONDS.sleep(SCRAPE_SECONDS);
      }
    } catch (IOException | InterruptedException e) {
      complain(e);
    }
  }

  /** Reads to the end of the answer, after which the server closes the connection. */
  private void get(String path, Socket socket) throws IOException {
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    InputStream in = socket.getInputStream();
    byte[] some = new byte[64 << 10];
    for (int read = in.read(some); read >= 0; read = in.read(some)) {
      add(read);
    }
  }

  private synchronized void add(int read) {
    bytes += read;
  }

  private void complain(Exception e) {
    if (isLooking) {
      System.err.println("nobody looks on any more: " + e);
    }
  }

  /** What it has seen so far. */
  String seen() {
    return "%,d kB of events and metrics were read, in %d scrapes".formatted(bytes / 1000, scrapes);
  }
}
