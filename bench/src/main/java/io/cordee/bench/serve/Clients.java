package io.cordee.bench.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that keep their connections, each of which asks again once it is answered. */
record Clients(int count, byte[] request) {

  /**
   * How long answers took.
   *
   * @param p50 seconds
   * @param p99 seconds
   * @param perSecond answers of all clients
   */
  record Times(double p50, double p99, double perSecond) {}

  static byte[] request(String body) {
    return """
        POST /predict HTTP/1.1\r
        Host: localhost\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        %s"""
        .formatted(body.length(), body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * @param each requests of a client
   */
  Times ask(int port, int each) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      long begun = System.nanoTime();
      List<Future<long[]>> asked = new ArrayList<>();
      for (int client = 0; client < count; client++) {
        asked.add(threads.submit(() -> client(port, each)));
      }
      long[] nanos = new long[count * each];
      for (int client = 0; client < count; client++) {
        System.arraycopy(asked.get(client).get(), 0, nanos, client * each, each);
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      Arrays.sort(nanos);
      return new Times(
          nanos[nanos.length / 2] / 1e9,
          nanos[(int) (nanos.length * .99)] / 1e9,
          nanos.length / seconds);
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("a client has failed", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private long[] client(int port, int requests) throws IOException {
    long[] nanos = new long[requests];
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      socket.setTcpNoDelay(true);
      for (int i = 0; i < requests; i++) {
        long begun = System.nanoTime();
        socket.getOutputStream().write(request);
        answer(in);
        nanos[i] = System.nanoTime() - begun;
      }
    }
    return nanos;
  }

  /** Reads the body of an answer. */
  private static String answer(BufferedReader in) throws IOException {
    String status = in.readLine();
    if (status == null || !status.contains(" 200 ")) {
      throw new IOException("expected an answer with status 200; found " + status);
    }
    int length = 0;
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    char[] body = new char[length];
    for (int at = 0; at < length; ) {
      at += Math.max(0, in.read(body, at, length - at));
    }
    return new String(body);
  }

  /** Returns what a server answers to one request. */
  String body(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request);
      return answer(
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)));
    }
  }
}
