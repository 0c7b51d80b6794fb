package io.cordee.proto.connection;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** An address as people write it: {@code HOST:PORT}, {@code [IPv6]:PORT}. */
public record HostAndPort(String host, int port) {

  public HostAndPort withPort(int other) {
    return new HostAndPort(host, other);
  }

  /**
   * Returns whether it is the loopback interface. A host that is not known (yet) may be anything.
   */
  public boolean isThisMachine() {
    try {
      return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /**
   * @throws IllegalArgumentException if the text is not an address
   */
  public static HostAndPort parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port >= 0 && port <= 65535) {
        String host = text.substring(0, colon);
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        return new HostAndPort(isBracketed ? host.substring(1, host.length() - 1) : host, port);
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        "expected HOST:PORT, as in 127.0.0.1:7311; found '" + text + "'");
  }
}
