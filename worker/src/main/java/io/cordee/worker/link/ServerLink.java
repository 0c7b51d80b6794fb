package io.cordee.worker.link;

import io.cordee.common.job.Columns;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Uplink;
import io.cordee.function.Sums;
import java.nio.ByteBuffer;

/**
 * The connection to the server. Sending blocks while the server cannot take more; any thread may
 * send.
 *
 * <p>Once the connection has ended, or this worker has said goodbye, what is sent goes nowhere;
 * {@link #receive} says why, after all that the server sent before.
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

  /** Sets where chunks go; before that, there can be none. */
  void deliverChunksTo(ChunkSink sink);

  /** Sets how contributions are encoded; before that, as float32. */
  void contributeAs(Uplink uplink);

  void hello(String name, int threads);

  /**
   * What this worker finds in the job's files.
   *
   * @param checksums of the rows of each partition, then of each slice of the evaluated rows
   * @param room how many partitions it has memory for
   */
  void dataFound(RowCounts rows, String arithmetic, Columns columns, long[] checksums, int room);

  void prepared(int plan);

  /** Hands what shard 0 has sealed to a shard other than 0. */
  void permit(ByteBuffer sealed);

  /** Sends every chunk of the sum at a node. */
  default void contribution(int version, int node, Tally tally, Sums sums) {
    Chunks chunks = Chunks.of(sums.parameters(), sums.width());
    int most = chunks.perMessage();
    for (int first = 0; first < chunks.count(); first += most) {
      contribution(version, node, tally, sums, first, Math.min(most, chunks.count() - first));
    }
  }

  /** Sends neighbouring chunks of the sum at a node, as one message. */
  void contribution(int version, int node, Tally tally, Sums sums, int first, int count);

  void evaluated(int version, int slice, Tally tally);

  /** This worker's replica of a chunk differs from the server's state, which it needs. */
  void differs(int version, int chunk);

  /**
   * Signs of life. Never waits: skipped while other messages wait to be sent, which tell as much.
   */
  void heartbeat();

  /**
   * This worker has failed.
   *
   * @param isForAll whether any other would, too
   */
  void failure(String message, boolean isForAll);

  /** Never waits, neither for the server nor for other senders. */
  void goodbye();

  @Override
  void close();
}
