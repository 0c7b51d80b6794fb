package io.cordee.proto.security;

import java.net.SocketAddress;

/** Receives refused clients, on any thread. */
@FunctionalInterface
public interface Refusals {

  /** {@code why} is one line, for people. */
  void refused(SocketAddress peer, String why);
}
