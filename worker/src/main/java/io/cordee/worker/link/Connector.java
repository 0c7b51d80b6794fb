package io.cordee.worker.link;

import io.cordee.proto.message.ServerSays;
import io.cordee.proto.message.WorkerSays;

/** Connects a worker to its server, and again when the connection is lost. */
public interface Connector {

  /** A connection on which the server has answered the worker's hello. */
  record Connection(ServerLink server, ServerSays.Welcome welcome) {

    /**
     * Says hello and waits for the answer.
     *
     * @throws LinkException if there is none; the link is then closed
     */
    public static Connection greet(ServerLink server, WorkerSays.Hello hello) {
      try {
        server.send(hello);
        if (server.receive() instanceof ServerSays.Welcome welcome) {
          return new Connection(server, welcome);
        }
        throw new LinkException(
            "the server did not answer hello with a welcome; is it a Cordee server?");
      } catch (RuntimeException e) {
        server.close();
        throw e;
      }
    }
  }

  /**
   * @throws LinkException if it fails
   */
  Connection connect(WorkerSays.Hello hello);

  /**
   * @throws LinkException if it fails
   */
  Connection reconnect(WorkerSays.Hello hello, LostLinkException why);

  /** Never reconnects. */
  static Connector to(ServerLink server) {
    return new Connector() {
      @Override
      public Connection connect(WorkerSays.Hello hello) {
        return Connection.greet(server, hello);
      }

      @Override
      public Connection reconnect(WorkerSays.Hello hello, LostLinkException why) {
        throw why;
      }
    };
  }
}
