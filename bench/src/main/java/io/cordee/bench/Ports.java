package io.cordee.bench;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Ports that servers can come back to. */
public final class Ports {

  private static final int FIRST = 10_000;

  /** Systems give ports from here on to outgoing connections: Linux from this one. */
  private static final int END = 32_768;

  private Ports() {}

  /**
   * This many different free ports of this machine. By its defaults, no system gives one of them to
   * a connection: while a server is down, its port must stay free.
   */
  public static List<InetSocketAddress> free(int count) throws IOException {
    SplittableRandom random = new SplittableRandom();
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int tries = 0; sockets.size() < count; tries++) {
        try {
          int port = random.nextInt(FIRST, END);
          sockets.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
        } catch (BindException taken) {
          if (tries > END) {
            throw taken;
          }
        }
      }
      return sockets.stream()
          .map(socket -> new InetSocketAddress("127.0.0.1", socket.getLocalPort()))
          .toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
