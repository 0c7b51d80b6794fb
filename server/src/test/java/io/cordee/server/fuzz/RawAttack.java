package io.cordee.server.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Raw bytes on a connection of their own: no HTTP/2 at all, or malformed. */
final class RawAttack {

  private static final int HEADERS = 1;
  private static final int RST = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GO_AWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 4;

  private final Random random;
  private final int port;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  RawAttack(Random random, int port) {
    this.random = random;
    this.port = port;
  }

  void run() throws IOException {
    int kind = random.nextInt(16);
    make(kind);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20);
      try {
        OutputStream to = socket.getOutputStream();
        to.write(bytes.toByteArray());
        to.flush();
        if (random.nextBoolean()) {
          socket.shutdownOutput();
        }
        byte[] answer = new byte[4096];
        while (socket.getInputStream().read(answer) >= 0) {
          // Any answer will do; that the server stays up is checked elsewhere.
        }
      } catch (SocketTimeoutException e) {
        // It has nothing more to say.
      } catch (IOException e) {
        // The server may hang up at any time.
      }
      if (random.nextInt(4) == 0) {
        socket.setSoLinger(true, 0); // a reset instead of an end
      }
    }
  }

  private void make(int kind) throws IOException {
    switch (kind) {
      case 0 -> noise(random.nextInt(5000));
      case 1 -> text("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n");
      case 2 -> {
        out.write(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 252, 3, 3}); // as TLS begins
        noise(500);
      }
      case 3 -> text("PRI * HTTP/2.0\r\n\r\nS");
      case 4 -> {
        preface();
        noise(random.nextInt(5000));
      }
      case 5 -> {
        preface();
        for (int i = 0; i < 20; i++) {
          byte[] payload = noiseOf(random.nextInt(60));
          frame(random.nextInt(12), random.nextInt(256), random.nextInt(8), payload);
        }
      }
      case 6 -> {
        preface();
        headers(1, "/cordee.v1.ParameterServer/Train");
        message(1, random.nextInt(256), random.nextInt(), noiseOf(random.nextInt(200)));
      }
      case 7 -> {
        // An announced message that never ends.
        preface();
        headers(1, "/cordee.v1.ParameterServer/Train");
        message(1, 0, 4 << 20, noiseOf(16 << 10));
        for (int i = 0; i < 3; i++) {
          frame(0, 0, 1, noiseOf(16 << 10));
        }
      }
      case 8 -> {
        preface();
        headers(1, "/cordee.v1.ParameterServer/Train", "grpc-encoding", "gzip");
        message(1, 1, 100, noiseOf(100));
      }
      case 9 -> {
        preface();
        headers(1, "/cordee.v1.ParameterServer/Train", "x-large", "x".repeat(20_000));
      }
      case 10 -> {
        preface();
        frame(HEADERS, 0, 1, noiseOf(30));
        for (int i = 0; i < 500; i++) {
          frame(CONTINUATION, 0, 1, noiseOf(random.nextInt(30)));
        }
      }
      case 11 -> {
        preface();
        for (int i = 0; i < 1000; i++) {
          frame(
              random.nextBoolean() ? PING : SETTINGS, 0, 0, i % 2 == 0 ? new byte[8] : new byte[0]);
        }
      }
      case 12 -> {
        preface();
        for (int stream = 1; stream < 400; stream += 2) {
          headers(stream, "/cordee.v1.ParameterServer/Train");
          frame(RST, 0, stream, new byte[] {0, 0, 0, 8});
        }
      }
      case 13 -> {
        preface();
        headers(1, "/cordee.v1.ParameterServer/Train");
        frame(WINDOW_UPDATE, 0, random.nextInt(2), new byte[] {0x7f, -1, -1, -1});
        frame(WINDOW_UPDATE, 0, 1, new byte[4]);
      }
      case 14 -> {
        // An initial window of 0: the server cannot write.
        text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        frame(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
        headers(1, "/cordee.v1.ParameterServer/Train");
        byte[] hello = Forge.hello("closed window").build().toByteArray();
        message(1, 0, hello.length, hello);
      }
      default -> {
        preface();
        headers(1, "/cordee.v1.ParameterServer/Train");
        frame(GO_AWAY, 0, 0, noiseOf(8));
        headers(random.nextInt(10), "");
      }
    }
  }

  private void preface() throws IOException {
    text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  private void text(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void noise(int length) throws IOException {
    out.write(noiseOf(length));
  }

  private byte[] noiseOf(int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  private void message(int stream, int compressed, int length, byte[] data) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream prefixed = new DataOutputStream(body);
    prefixed.writeByte(compressed);
    prefixed.writeInt(length);
    prefixed.write(data);
    byte[] all = body.toByteArray();
    for (int at = 0; at < all.length; at += 16 << 10) {
      int end = Math.min(all.length, at + (16 << 10));
      frame(0, 0, stream, java.util.Arrays.copyOfRange(all, at, end));
    }
  }

  /** The headers of a call, every field literal. */
  private void headers(int stream, String path, String... more) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    field(block, ":method", "POST");
    field(block, ":scheme", "http");
    field(block, ":path", path);
    field(block, ":authority", "x");
    field(block, "content-type", "application/grpc");
    field(block, "te", "trailers");
    for (int i = 0; i < more.length; i += 2) {
      field(block, more[i], more[i + 1]);
    }
    byte[] all = block.toByteArray();
    int first = Math.min(all.length, 16 << 10);
    boolean fits = first == all.length;
    frame(HEADERS, fits ? END_HEADERS : 0, stream, java.util.Arrays.copyOf(all, first));
    if (!fits) {
      frame(
          CONTINUATION, END_HEADERS, stream, java.util.Arrays.copyOfRange(all, first, all.length));
    }
  }

  private static void field(ByteArrayOutputStream block, String name, String value) {
    block.write(0x10); // a literal that is never indexed, with its name
    string(block, name);
    string(block, value);
  }

  private static void string(ByteArrayOutputStream block, String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    if (ascii.length < 127) {
      block.write(ascii.length);
    } else {
      block.write(127);
      int rest = ascii.length - 127;
      for (; rest >= 128; rest >>= 7) {
        block.write(rest & 127 | 128);
      }
      block.write(rest);
    }
    block.writeBytes(ascii);
  }
}
