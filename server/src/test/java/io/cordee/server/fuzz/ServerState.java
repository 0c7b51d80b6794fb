package io.cordee.server.fuzz;

import java.util.Scanner;

/**
 * What a server holds.
 *
 * @param direct bytes outside the heap
 * @param heap bytes in use after a collection
 * @param members workers that the training knows
 * @param streams workers' streams that live
 * @param calls gRPC calls that live
 * @param connections HTTP/2 connections that live
 */
record ServerState(
    long direct, long heap, int threads, int members, int streams, int calls, int connections) {

  /** Of each the larger. */
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
