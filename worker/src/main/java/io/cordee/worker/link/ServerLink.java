package io.cordee.worker.link;

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

  default void contribute(Contribution whole) {
    int most = whole.holding().perMessage();
    int all = whole.holding().chunks().count();
    for (int first = 0; first < all; first += most) {
      contribute(whole, first, Math.min(most, all - first));
    }
  }

  /** Sends neighbouring chunks as one message. */
  void contribute(Contribution whole, int first, int count);

  @Override
  void close();
}
