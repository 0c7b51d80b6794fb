package io.cordee.cli.commandline;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import picocli.CommandLine.TypeConversionException;

/** An address on the command line: {@code HOST:PORT}, {@code [IPv6]:PORT}. */
public record HostAndPort(String host, int port) {

  public HostAndPort withPort(int other) {
    return new HostAndPort(host, other);
  }

  /** The address to listen on. */
  public InetSocketAddress resolve() {
    InetSocketAddress resolved = new InetSocketAddress(host, port);
    if (resolved.isUnresolved()) {
      throw CommandException.failed("cannot listen on " + host + ": no such host");
    }
    return resolved;
  }

  /**
   * That it cannot be listened on.
   *
   * @param option that gives it
   */
  public CommandException refused(IOException why, String option) {
    return CommandException.failed(
        "cannot listen on %s: %s; give another %s HOST:PORT"
            .formatted(this, Errors.rootText(why), option));
  }

  /** Whether it is the loopback interface. A host that is not known (yet) may be anything. */
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

  /** Reads what was typed. */
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
      // Said below.
    }
    throw new TypeConversionException(
        "expected HOST:PORT, as in 127.0.0.1:7311; found '" + text + "'");
  }
}
