package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CableTest {

  private static final int PATIENCE_MILLIS = 60_000;

  private ServerSocket server;
  private Cable cable;

  @BeforeEach
  void lay() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    server.setSoTimeout(PATIENCE_MILLIS);
    cable = Cable.to(new InetSocketAddress("127.0.0.1", server.getLocalPort()));
  }

  @AfterEach
  void close() throws IOException {
    cable.close();
    server.close();
  }

  private Socket dial() throws IOException {
    Socket socket = new Socket("127.0.0.1", Integer.parseInt(cable.address().split(":")[1]));
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private Socket taken() throws IOException {
    Socket socket = server.accept();
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  @Test
  void bytesArriveInBothDirectionsAndEndsDoToo() throws Exception {
    byte[] sent = new byte[1 << 20];
    new Random(1).nextBytes(sent);
    try (Socket near = dial();
        Socket far = taken()) {
      Thread sender = new Thread(() -> sendAll(near, sent));
      sender.start();
      assertArrayEquals(sent, far.getInputStream().readAllBytes());
      sender.join();
      far.getOutputStream().write(42);
      far.shutdownOutput();
      assertArrayEquals(new byte[] {42}, near.getInputStream().readAllBytes());
    }
  }

  private static void sendAll(Socket socket, byte[] bytes) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCutEndsBothEndsAndNewConnectionsAreTaken() throws Exception {
    try (Socket near = dial();
        Socket far = taken()) {
      near.getOutputStream().write(1);
      assertEquals(1, far.getInputStream().read());
      cable.cut();
      assertThrows(IOException.class, () -> failIfEnded(near.getInputStream().read()));
      assertThrows(IOException.class, () -> failIfEnded(far.getInputStream().read()));
    }
    try (Socket near = dial();
        Socket far = taken()) {
      near.getOutputStream().write(2);
      assertEquals(2, far.getInputStream().read());
    }
  }

  private static void failIfEnded(int read) throws IOException {
    if (read < 0) {
      throw new IOException("ended");
    }
  }

  @Test
  void nothingComesThroughAStalledCableUntilItIsLetGo() throws Exception {
    try (Socket near = dial();
        Socket far = taken()) {
      cable.stall(true);
      near.getOutputStream().write(3);
      far.setSoTimeout(200);
      assertThrows(SocketTimeoutException.class, () -> far.getInputStream().read());
      cable.stall(false);
      far.setSoTimeout(PATIENCE_MILLIS);
      assertEquals(3, far.getInputStream().read());
    }
  }

  @Test
  void aSlowCableHoldsBytesUp() throws Exception {
    try (Socket near = dial();
        Socket far = taken()) {
      cable.delay(Duration.ofMillis(300));
      long start = System.nanoTime();
      near.getOutputStream().write(4);
      assertEquals(4, far.getInputStream().read());
      assertTrue(System.nanoTime() - start >= Duration.ofMillis(300).toNanos());
    }
  }

  @Test
  void whereNobodyListensTheConnectionEnds() throws Exception {
    server.close();
    try (Socket near = dial()) {
      assertThrows(IOException.class, () -> failIfEnded(near.getInputStream().read()));
    }
  }
}
