package io.cordee.worker.link;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Uplink;
import io.cordee.worker.model.Sums;

/**
 * The connection to the server. Sending blocks while the server cannot take more; any thread may
 * send.
 *
 * <p>Once the connection has ended, or this worker has said goodbye, what is sent goes nowhere: it
 * is {@link #receive} that tells why, after all that the server had said before.
 */
public interface ServerLink extends AutoCloseable {

  /**
   * The next thing the server says, besides chunks. All chunks that it sent before have been put
   * where they belong.
   *
   * @throws LostLinkException if the connection is lost; again with every further call
   * @throws LinkException likewise, if the server has ended it or is not understood
   * @throws IllegalArgumentException once, if a chunk could not be put
   */
  ServerSays receive();

  /** Says where chunks go from now on; before that, there can be none. */
  void deliverChunksTo(ChunkSink sink);

  /** Says how contributions are encoded from now on; before that, as they are. */
  void contributeAs(Uplink uplink);

  void hello(String name, int threads);

  void dataFound(long trainRows, long testRows, String arithmetic, Columns columns);

  void prepared(int plan);

  /** Asks a shard that does not lead for its chunks, as they stand and as they change. */
  void subscribe();

  /** Sends every chunk of the sum at a node. */
  default void contribution(int version, int node, Tally tally, Sums sums) {
    int chunks = Chunks.of(sums.parameters(), sums.width()).count();
    for (int chunk = 0; chunk < chunks; chunk++) {
      contribution(version, node, tally, sums, chunk);
    }
  }

  /** Sends one chunk of the sum at a node. */
  void contribution(int version, int node, Tally tally, Sums sums, int chunk);

  void evaluated(int version, int slice, Tally tally);

  /** This worker's replica of a chunk is not the server's state; it needs to be sent that. */
  void differs(int version, int chunk);

  /** This worker is there. Waits for nothing: while much waits to be sent, that will tell. */
  void heartbeat();

  /** This worker cannot go on. */
  void failure(String message);

  /** Waits for nothing: not for the server, nor for other threads that send. */
  void goodbye();

  @Override
  void close();
}
