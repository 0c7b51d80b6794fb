package io.cordee.proto.security;

import java.net.SocketAddress;

/** Is told of those who were not let in. Any thread may call. */
@FunctionalInterface
public interface Refusals {

  /**
   * @param peer where it came from
   * @param why for people, in one line
   */
  void refused(SocketAddress peer, String why);
}
