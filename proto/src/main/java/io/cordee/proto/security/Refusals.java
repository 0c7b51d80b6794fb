package io.cordee.proto.security;

import java.net.SocketAddress;

/** Told of refused clients, on any thread. */
@FunctionalInterface
public interface Refusals {

  /**
   * @param peer the client's address
   * @param why for people, in one line
   */
  void refused(SocketAddress peer, String why);
}
