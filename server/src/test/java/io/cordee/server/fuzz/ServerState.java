package io.cordee.server.fuzz;

import java.util.Scanner;

/**
 * What a server holds: bytes, {@code heap} after a collection; {@code members} of the training,
 * workers' {@code streams}, gRPC {@code calls} and HTTP/2 {@code connections}.
 */
record ServerState(
    long direct, long heap, int threads, int members, int streams, int calls, int connections) {

  ServerState max(ServerState other) {
    return new ServerState(
        Math.max(direct, other.direct),
        Math.max(heap, other.heap),
        Math.max(threads, other.threads),
        Math.max(members, other.members),
        Math.max(streams, other.streams),
        Math.max(calls, other.calls),
        Math.max(connections, other.connections));
  }

  String toLine() {
    return direct
        + " "
        + heap
        + " "
        + threads
        + " "
        + members
        + " "
        + streams
        + " "
        + calls
        + " "
        + connections;
  }

  static ServerState fromLine(String line) {
    if (!line.matches("\\d+( \\d+){6}")) {
      throw new AssertionError("expected seven numbers; found: " + line);
    }
    Scanner in = new Scanner(line);
    return new ServerState(
        in.nextLong(),
        in.nextLong(),
        in.nextInt(),
        in.nextInt(),
        in.nextInt(),
        in.nextInt(),
        in.nextInt());
  }
}
