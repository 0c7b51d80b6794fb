package io.cordee.server.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes any text over a socket, as no browser would. */
final class RawHttp implements AutoCloseable {

  /** Header names are in lower case. */
  record Answer(int status, List<String> headers, String body) {

    Optional<String> header(String name) {
      return headers.stream()
          .filter(line -> line.startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .findFirst();
    }
  }

  private final Socket socket;
  private final BufferedReader in;

  RawHttp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  static Answer get(int port, String path, String... headers) throws IOException {
    try (RawHttp http = new RawHttp(port)) {
      List<String> lines = new ArrayList<>(List.of("GET " + path + " HTTP/1.1"));
      boolean saysHost = List.of(headers).stream().anyMatch(line -> line.startsWith("Host:"));
      if (!saysHost) {
        lines.add("Host: 127.0.0.1:" + port);
      }
      lines.addAll(List.of(headers));
      lines.add("Connection: close");
      http.say(String.join("\r\n", lines) + "\r\n\r\n");
      return http.answer();
    }
  }

  void say(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** The next line; empty when the connection has ended. */
  Optional<String> line() throws IOException {
    return Optional.ofNullable(in.readLine());
  }

  Answer answer() throws IOException {
    String status = line().orElseThrow(() -> new IOException("closed without an answer"));
    List<String> headers = new ArrayList<>();
    int length = 0;
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      int colon = line.indexOf(':');
      headers.add(line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon));
      if (headers.get(headers.size() - 1).startsWith("content-length: ")) {
        length = Integer.parseInt(line.substring(colon + 2));
      }
    }
    char[] body = new char[length];
    for (int at = 0; at < length; ) {
      int read = in.read(body, at, length - at);
      if (read < 0) {
        throw new IOException("cut short after " + at + " of " + length + " bytes");
      }
      at += read;
    }
    return new Answer(Integer.parseInt(status.split(" ")[1]), headers, new String(body));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
