package io.cordee.server.web;

import io.netty.handler.ssl.SslContext;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Who may watch.
 *
 * @param tls plain text without it
 * @param token compares what was shown with the token in constant time; without it, anyone may
 *     watch
 * @param names under which this server is known, besides addresses and localhost; in lower case. A
 *     page of another site whose own name resolves to this server must not read from it
 */
public record Door(Optional<SslContext> tls, Optional<Predicate<String>> token, Set<String> names) {

  public Door {
    names = Set.copyOf(names);
  }

  /** Returns whether a request with this {@code Host} is meant for this server. */
  boolean isMeant(String host) {
    String name = name(host).toLowerCase(Locale.ROOT);
    return name.equals("localhost") || names.contains(name) || isAddress(name);
  }

  private static String name(String host) {
    if (host.startsWith("[")) {
      return host.substring(0, host.indexOf(']') + 1);
    }
    int colon = host.indexOf(':');
    return colon < 0 ? host : host.substring(0, colon);
  }

  /** DNS cannot make an address point elsewhere. */
  private static boolean isAddress(String name) {
    return name.matches("\\[[0-9a-f:.%]+]|\\d{1,3}(\\.\\d{1,3}){3}");
  }
}
