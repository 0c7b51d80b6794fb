package io.cordee.bench.observe;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Somebody who looks on: an open page, that is a stream of events, and a Prometheus that scrapes
 * every second. While nobody looks, nothing is open.
 */
final class Onlooker {

  private static final int SCRAPE_SECONDS = 1;

  private final HttpClient client = HttpClient.newHttpClient();
  private final String address;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isLooking;
  private volatile long events;
  private volatile long scrapes;

  /**
   * @param address host and port
   */
  Onlooker(String address) {
    this.address = address;
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
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    threads.clear();
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
  }

  private void readEvents() {
    try (InputStream in = client.send(request("/events"), BodyHandlers.ofInputStream()).body()) {
      byte[] some = new byte[64 << 10];
      while (isLooking && in.read(some) >= 0) {
        events++;
      }
    } catch (IOException | InterruptedException e) {
      complain(e);
    }
  }

  private void scrape() {
    try {
      while (isLooking) {
        client.send(request("/metrics"), BodyHandlers.discarding());
        scrapes++;
        TimeUnit.SECONDS.sleep(SCRAPE_SECONDS);
      }
    } catch (IOException | InterruptedException e) {
      complain(e);
    }
  }

  private void complain(Exception e) {
    if (isLooking) {
      System.err.println("nobody looks on any more: " + e);
    }
  }

  /** What it has seen so far. */
  String seen() {
    return events + " pieces of events and " + scrapes + " scrapes were read";
  }
}
