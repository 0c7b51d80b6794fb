package io.cordee.worker.link;

import io.cordee.common.job.Tally;
import io.cordee.proto.message.TallyCodec;
import io.cordee.proto.v1.Differs;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Holds;
import io.cordee.proto.v1.RowChecksums;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The connection to the server. Contributing blocks while the server cannot take more; any thread
 * may send.
 *
 * <p>Once the connection has ended, or this worker has said goodbye, what is sent is dropped;
 * {@link #receive} says why, after everything that the server sent before.
 */
public interface ServerLink extends AutoCloseable {

  /** Checksums in a message. */
  int CHECKSUMS = 1 << 13;

  /** Rows of a table in a message. */
  int ROWS = 1 << 16;

  /**
   * Waits for the next message other than a chunk. All chunks sent before it have been delivered.
   *
   * @return a message in which everything is valid that can be checked without knowing the job
   * @throws LostLinkException if the connection is lost; again with every further call
   * @throws LinkException if the server ended it or sent an invalid message; again with every
   *     further call
   * @throws IllegalArgumentException once, if a chunk could not be put
   */
  ServerMessage receive();

  /** To be set before the first chunk. */
  void deliverChunksTo(ChunkSink sink);

  /**
   * Sends a message other than a contribution. Waits while the server cannot take what has been
   * evaluated; skips a heartbeat while other messages wait, which serve as one. After a goodbye
   * nothing is sent.
   */
  void send(WorkerMessage message);

  /** Sends checksums of rows, in as many messages as it takes. */
  default void checksums(long[] all) {
    for (int from = 0; from < all.length; from += CHECKSUMS) {
      RowChecksums.Builder some = RowChecksums.newBuilder();
      Arrays.stream(all, from, Math.min(all.length, from + CHECKSUMS)).forEach(some::addChecksums);
      send(WorkerMessage.newBuilder().setRowChecksums(some).build());
    }
  }

  /** Sends the result of evaluating a slice at a version. */
  default void evaluated(int version, int slice, Tally tally) {
    Evaluated evaluated =
        Evaluated.newBuilder()
            .setVersion(version)
            .setSlice(slice)
            .setTally(TallyCodec.write(tally))
            .build();
    send(WorkerMessage.newBuilder().setEvaluated(evaluated).build());
  }

  /** Tells the server that the replica of a chunk is not its state. */
  default void differs(int version, int chunk) {
    Differs differs = Differs.newBuilder().setVersion(version).setChunk(chunk).build();
    send(WorkerMessage.newBuilder().setDiffers(differs).build());
  }

  /**
   * Tells the server which rows of the model's table the worker holds from now on, in as many
   * messages as it takes.
   *
   * @param number from 1, rising
   * @param version of the parameters; all from now on if empty
   * @param rows ascending
   */
  default void hold(int number, OptionalInt version, int[] rows) {
    int from = 0;
    do {
      int to = Math.min(rows.length, from + ROWS);
      Holds.Builder holds = Holds.newBuilder().setNumber(number).setMore(to < rows.length);
      version.ifPresent(holds::setVersion);
      int before = 0;
      for (int i = from; i < to; i++) {
        holds.addSteps(rows[i] - before);
        before = rows[i];
      }
      send(WorkerMessage.newBuilder().setHolds(holds).build());
      from = to;
    } while (from < rows.length);
  }

  /** Sends the sums of all chunks. When this returns, the caller may reuse their arrays. */
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
