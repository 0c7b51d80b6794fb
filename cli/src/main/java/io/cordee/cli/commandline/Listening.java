package io.cordee.cli.commandline;

import io.cordee.proto.connection.HostAndPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Addresses that a command listens on. */
public final class Listening {

  private Listening() {}

  public static InetSocketAddress at(HostAndPort address) {
    InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
    if (resolved.isUnresolved()) {
      throw CommandException.failed("cannot listen on " + address.host() + ": no such host");
    }
    return resolved;
  }

  /**
   * @param option that gives the address
   */
  public static CommandException refused(HostAndPort address, Exception why, String option) {
    return CommandException.failed(
        "cannot listen on %s: %s; stop what listens there, or give another %s HOST:PORT"
            .formatted(address, Errors.rootText(why), option));
  }

  /** Checks that an address can be listened on, before anything is started. */
  public static void requireFree(HostAndPort address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(at(address));
    } catch (IOException e) {
      throw refused(address, e, "--listen");
    }
  }
}
