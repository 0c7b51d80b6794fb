package io.cordee.bench.round;

import io.cordee.bench.report.Turns;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Observers of a run: an open page, that is an event stream, and a Prometheus that scrapes every
 * second. Without observers, no connection is open.
 *
 * <p>Responses are read and discarded: rendering them costs the training nothing.
 */
final class Onlooker {

  private static final int SCRAPE_SECONDS = 1;

  private final InetSocketAddress server;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger scrapes = new AtomicInteger();
  private List<Thread> threads = List.of();
  private volatile boolean isLooking;

  Onlooker(InetSocketAddress server) {
    this.server = server;
  }

  /** Seconds per round, of a server's team, while it looks. */
  double watching(Turns.Work team, int rounds) throws IOException {
    begin();
    try {
      return team.seconds(rounds);
    } finally {
      end();
    }
  }

  private void begin() {
    isLooking = true;
    threads = List.of(new Thread(this::readEvents, "page"), new Thread(this::scrape, "scrape"));
    for (Thread thread : threads) {
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void end() {
    isLooking = false;
    for (Thread thread : threads) {
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void readEvents() {
    try {
      get("/events");
    } catch (IOException e) {
      complain(e);
    }
  }

  private void scrape() {
    try {
      while (isLooking) {
        get("/metrics");
        scrapes.incrementAndGet();
        TimeUnit.SECONDS.sleep(SCRAPE_SECONDS);
      }
    } catch (IOException | InterruptedException e) {
      complain(e);
    }
  }

  /** Reads until the server closes the connection; an interrupt closes it earlier. */
  private void get(String path) throws IOException {
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
            .formatted(path, server.getHostString());
    try (SocketChannel socket = SocketChannel.open(server)) {
      socket.write(StandardCharsets.US_ASCII.encode(request));
      ByteBuffer some = ByteBuffer.allocate(64 << 10);
      for (int read = 0; read >= 0; read = socket.read(some.clear())) {
        bytes.addAndGet(read);
      }
    }
  }

  private void complain(Exception e) {
    if (isLooking) {
      System.err.println("nobody looks on any more: " + e);
    }
  }

  /** What it has seen so far. */
  String seen() {
    return "%,d kB of events and metrics were read, in %d scrapes"
        .formatted(bytes.get() / 1000, scrapes.get());
  }
}
