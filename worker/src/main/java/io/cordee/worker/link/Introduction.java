package io.cordee.worker.link;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.WorkerMessage;

/**
 * A worker as it introduces itself to a server.
 *
 * @param name for people; the server makes it unique. Empty for one that the server is to name
 * @param threads compute threads
 * @param host after which the server names a worker without a name; empty for one with a name
 */
public record Introduction(String name, int threads, String host) {

  public Introduction(String name, int threads) {
    this(name, threads, "");
  }

  /** Introduces a worker that the server is to name after its host. */
  public static Introduction from(String host, int threads) {
    return new Introduction("", threads, host);
  }

  /** Introduces the same worker by another name. */
  public Introduction named(String other) {
    return new Introduction(other, threads, host);
  }

  WorkerMessage hello() {
    Hello hello =
        Hello.newBuilder()
            .setProtocol(Connections.PROTOCOL)
            .setVersion(Connections.VERSION)
            .setName(name)
            .setThreads(threads)
            .setHost(host)
            .build();
    return WorkerMessage.newBuilder().setHello(hello).build();
  }
}
