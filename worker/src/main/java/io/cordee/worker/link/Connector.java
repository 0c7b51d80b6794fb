package io.cordee.worker.link;

import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;

/** Connects a worker to its server, and again when the connection is lost. */
public interface Connector {

  /** A connection on which the server has answered the worker's hello. */
  record Connection(ServerLink server, Welcome welcome) {

    /**
     * Says hello and waits for the answer.
     *
     * @throws LinkException if there is none; the link is then closed
     */
    public static Connection greet(ServerLink server, Introduction worker) {
      try {
        server.send(worker.hello());
        ServerMessage answer = server.receive();
        if (answer.hasWelcome()) {
          return new Connection(server, answer.getWelcome());
        }
        throw new LinkException(
            "the server did not answer hello with a welcome; is it a Cordee server?");
      } catch (RuntimeException e) {
        server.close();
        throw e;
      }
    }
  }

  /** Makes one attempt at a connection. */
  @FunctionalInterface
  interface Dial {

    /**
     * Connects, says hello and waits for the answer.
     *
     * @throws LostLinkException if another attempt may succeed
     * @throws LinkException if none will
     */
    Connection greet(Introduction worker);
  }

  /**
   * @throws LinkException if it fails
   */
  Connection connect(Introduction worker);

  /**
   * @throws LinkException if it fails
   */
  Connection reconnect(Introduction worker, LostLinkException why);

  /** Never reconnects. */
  static Connector to(ServerLink server) {
    return new Connector() {
      @Override
      public Connection connect(Introduction worker) {
        return Connection.greet(server, worker);
      }

      @Override
      public Connection reconnect(Introduction worker, LostLinkException why) {
        throw why;
      }
    };
  }
}
