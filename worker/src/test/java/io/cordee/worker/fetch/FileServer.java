package io.cordee.worker.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server on loopback that misbehaves on demand, request by request. */
final class FileServer implements AutoCloseable {

  interface Behaviour {
    void answer(HttpExchange exchange, byte[] file) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Queue<Behaviour> next = new ConcurrentLinkedQueue<>();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  FileServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI address() {
    return URI.create(
        "http://"
            + InetAddress.getLoopbackAddress().getHostAddress()
            + ":"
            + server.getAddress().getPort()
            + "/mirror/");
  }

  void serve(String name, byte[] file) {
    files.put("/mirror/" + name, file);
  }

  /** For the next requests, in turn; later ones get {@link #wholeFile}. */
  void answerNext(Behaviour... behaviours) {
    next.addAll(List.of(behaviours));
  }

  List<String> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(path.substring(path.lastIndexOf('/') + 1));
    byte[] file = files.get(path);
    Behaviour queued = next.poll();
    try (exchange) {
      if (queued != null) {
        queued.answer(exchange, file);
      } else if (file == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        wholeFile(exchange, file);
      }
    }
  }

  static void wholeFile(HttpExchange exchange, byte[] file) throws IOException {
    exchange.sendResponseHeaders(200, file.length);
    exchange.getResponseBody().write(file);
  }

  /** Announces the whole file, and closes the connection after this many bytes of it. */
  static Behaviour cutAfter(int bytes) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(200, file.length);
      exchange.getResponseBody().write(file, 0, bytes);
      exchange.getResponseBody().flush();
    };
  }

  static void endless(HttpExchange exchange, byte[] file) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    while (true) {
      exchange.getResponseBody().write(file);
    }
  }

  static Behaviour status(int status) {
    return (exchange, file) -> exchange.sendResponseHeaders(status, -1);
  }

  static Behaviour redirectTo(String name) {
    return (exchange, file) -> {
      exchange.getResponseHeaders().set("Location", "/mirror/" + name);
      exchange.sendResponseHeaders(302, -1);
    };
  }

  /** Sends some bytes and then nothing, until this server closes. */
  Behaviour stallAfter(int bytes) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(200, file.length);
      OutputStream body = exchange.getResponseBody();
      body.write(file, 0, bytes);
      body.flush();
      awaitClosing();
    };
  }

  /** Does not even send headers, until this server closes. */
  Behaviour silence() {
    return (exchange, file) -> awaitClosing();
  }

  private void awaitClosing() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
