package io.cordee.proto.connection;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * Finds out whether a server speaks TLS that has hung up on one who speaks plain text. gRPC only
 * sees that the connection was closed, as if the server had died.
 */
final class TlsProbe {

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** The beginning of a handshake that cannot be: whoever speaks TLS answers with an alert. */
  private static final byte[] EMPTY_HELLO = {0x16, 3, 1, 0, 4, 1, 0, 0, 0};

  private static final int ALERT = 0x15;
  private static final int MAJOR_VERSION = 3;

  private TlsProbe() {}

  static boolean speaksTls(String host, int port) {
    try (Socket socket = new Socket()) {
      int patience = (int) PATIENCE.toMillis();
      socket.connect(new InetSocketAddress(host, port), patience);
      socket.setSoTimeout(patience);
      socket.getOutputStream().write(EMPTY_HELLO);
      byte[] answer = socket.getInputStream().readNBytes(2);
      return answer.length == 2 && answer[0] == ALERT && answer[1] == MAJOR_VERSION;
    } catch (IOException e) {
      return false;
    }
  }
}
