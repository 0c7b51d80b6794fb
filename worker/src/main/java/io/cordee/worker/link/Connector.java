package io.cordee.worker.link;

/** Connects a worker to its server, and again when the connection is lost. */
public interface Connector {

  /**
   * How a worker introduces itself.
   *
   * @param name for people; the server makes it unique
   * @param threads compute threads
   */
  record Introduction(String name, int threads) {}

  /** A connection on which the server has answered the worker's hello. */
  record Connection(ServerLink server, ServerSays.Welcome welcome) {

    /**
     * Says hello and waits for the answer.
     *
     * @throws LinkException if there is none; then the link is closed
     */
    public static Connection greet(ServerLink server, Introduction me) {
      try {
        server.hello(me.name(), me.threads());
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
   * The first connection.
   *
   * @throws LinkException if it fails
   */
  Connection connect(Introduction me);

  /**
   * The next one, after one was lost.
   *
   * @throws LinkException if it fails
   */
  Connection reconnect(Introduction me, LostLinkException why);

  /** A single connection, never to be replaced. */
  static Connector to(ServerLink server) {
    return new Connector() {
      @Override
      public Connection connect(Introduction me) {
        return Connection.greet(server, me);
      }

      @Override
      public Connection reconnect(Introduction me, LostLinkException why) {
        throw why;
      }
    };
  }
}
