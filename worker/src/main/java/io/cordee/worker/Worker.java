package io.cordee.worker;

import io.cordee.common.text.OutOfMemory;
import io.cordee.proto.message.JobEnd;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Introduction;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.LostLinkException;
import io.cordee.worker.link.ServerLink;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * A worker: does what the server says until the job is over, on one connection after the other. It
 * has nothing of its own but the data folder; what it is to train comes over the wire.
 */
public final class Worker {

  private final Connector connector;
  private final Introduction me;
  private final KeptRows rows;
  private volatile Optional<ServerLink> link = Optional.empty();
  private volatile Optional<String> leaving = Optional.empty();
  private volatile boolean hasToldWhy;
  private final boolean isServerOurs;
  private final FunctionProviders functions;
  private final IntConsumer onRound;

  /** How the job ended, as the server told it. */
  public record End(JobEnd how, String message) {

    public boolean completed() {
      return how == JobEnd.COMPLETED;
    }
  }

  /**
   * @param connector where connections come from; the worker closes them
   * @param name for people; the server makes it unique
   * @param data the folders that the job's files are looked for in; the server cannot have others
   *     opened
   */
  public Worker(Connector connector, String name, int threads, List<Path> data) {
    this(
        connector,
        new Introduction(name, threads),
        Resources.of(data, RowCache.NONE, Optional.empty()),
        false,
        round -> {});
  }

  /**
   * As above.
   *
   * @param me its name, or its host after which the server names it
   * @param isServerOurs whether the server was started with this worker: only then does it get the
   *     content of wrong rows
   * @param onRound told how many rounds are over, by the thread that runs this worker, whenever it
   *     is given work
   */
  public Worker(
      Connector connector,
      Introduction me,
      Resources resources,
      boolean isServerOurs,
      IntConsumer onRound) {
    this.functions = resources.functions();
    this.isServerOurs = isServerOurs;
    this.onRound = onRound;
    this.connector = connector;
    this.me = me;
    this.rows = new KeptRows(resources.rows());
  }

  /**
   * Leaves before the job is over; the server is told why. Called by another thread than {@link
   * #run}.
   */
  public void leave(String reason) {
    leaving = Optional.of(reason);
    link.ifPresent(
        server -> {
          Goodbye goodbye = Goodbye.newBuilder().setReason(reason).build();
          server.send(WorkerMessage.newBuilder().setGoodbye(goodbye).build());
          server.close();
        });
  }

  /**
   * Works until the job is over, or this worker {@linkplain #leave leaves}.
   *
   * @throws LinkException if no connection can be made, or the server refuses this worker
   */
  public End run() {
    OutOfMemory.shares(this);
    try {
      Connector.Connection connection = connector.connect(me);
      for (; ; ) {
        try {
          return work(connection);
        } catch (LostLinkException e) {
          // One whose name is the server's choice asks for the same again.
          Introduction again = me.name().isEmpty() ? me.named(connection.welcome().getName()) : me;
          connection = connector.reconnect(again, e);
        }
      }
    } catch (LinkException e) {
      return leaving.map(reason -> new End(JobEnd.INTERRUPTED, reason)).orElseThrow(() -> e);
    } finally {
      link = Optional.empty();
      OutOfMemory.leaves(this);
    }
  }

  /** Returns whether the log says already why {@link #run} has thrown. */
  public boolean hasToldWhy() {
    return hasToldWhy;
  }

  private End work(Connector.Connection connection) {
    link = Optional.of(connection.server());
    Session session = new Session(connection, me.threads(), rows, functions, isServerOurs, onRound);
    try {
      return session.run();
    } catch (LostLinkException e) {
      // If it failed before, it would only fail again.
      throw session.hasFailed() ? new LinkException(e.getMessage()) : e;
    } catch (LinkException e) {
      hasToldWhy = session.hasToldWhy();
      throw e;
    } finally {
      connection.server().close();
    }
  }
}
