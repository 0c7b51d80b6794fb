package io.cordee.worker.link;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.wire.Uplink;
import io.cordee.function.Sums;
import io.cordee.proto.message.ServerSays;
import io.cordee.proto.message.WorkerSays;

/**
 * The connection to the server. Contributing blocks while the server cannot take more; any thread
 * may send.
 *
 * <p>Once the connection has ended, or this worker has said goodbye, what is sent is dropped;
 * {@link #receive} says why, after everything that the server sent before.
 */
public interface ServerLink extends AutoCloseable {

  /**
   * The next message other than a chunk. All chunks sent before it have been delivered.
   *
   * @throws LostLinkException if the connection is lost; again with every further call
   * @throws LinkException if the server ended it or sent an invalid message; again with every
   *     further call
   * @throws IllegalArgumentException once, if a chunk could not be put
   */
  ServerSays receive();

  /** To be set before the first chunk. */
  void deliverChunksTo(ChunkSink sink);

  /**
   * Waits while the server cannot take an {@link WorkerSays.Evaluated}; skips a {@link
   * WorkerSays.Heartbeat} while other messages wait, which serve as one. After a {@link
   * WorkerSays.Goodbye} nothing is sent.
   */
  void send(WorkerSays said);

  /** Of a worker that holds the whole vector. */
  default void contribution(int version, int node, Tally tally, Sums sums, Uplink uplink) {
    Chunks chunks = Chunks.of(sums.parameters(), sums.width());
    contribution(version, node, tally, sums, uplink, Holding.all(chunks));
  }

  /**
   * @param sums of what is held
   */
  default void contribution(
      int version, int node, Tally tally, Sums sums, Uplink uplink, Holding holding) {
    int most = holding.perMessage();
    int all = holding.chunks().count();
    for (int first = 0; first < all; first += most) {
      int count = Math.min(most, all - first);
      contribution(version, node, tally, sums, uplink, holding, first, count);
    }
  }

  /** Sends neighbouring chunks as one message. */
  void contribution(
      int version,
      int node,
      Tally tally,
      Sums sums,
      Uplink uplink,
      Holding holding,
      int first,
      int count);

  @Override
  void close();
}
