package io.cordee.worker.grpc;

import io.cordee.common.reduce.Shard;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.frame.ReceivedPayload;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.worker.link.ChunkSink;
import io.cordee.worker.link.JobEnd;
import io.cordee.worker.link.ServerSays;
import io.cordee.worker.link.VectorData;
import java.util.BitSet;
import java.util.List;

/**
 * Turns the server's messages into the worker's own records, and checks what can be checked without
 * knowing the job. Whether chunks, partitions and slices are those of the job is checked where they
 * are used.
 */
final class ServerMessageReader {

  static final int LONGEST_TEXT = 1000;
  private static final int MOST_PARTITIONS = 1 << 20;

  private ServerMessageReader() {}

  /**
   * Reads a message other than a chunk.
   *
   * @throws IllegalArgumentException if it is invalid
   */
  static ServerSays says(ServerMessage message) {
    return switch (message.getBodyCase()) {
      case WELCOME ->
          new ServerSays.Welcome(
              OutsideText.name(message.getWelcome().getName()),
              message.getWelcome().getJob(),
              shard(message.getWelcome()),
              message.getWelcome().getOthersList().stream()
                  .map(address -> OutsideText.printable(address, LONGEST_TEXT))
                  .toList());
      case PERMIT -> new ServerSays.Permit(message.getPermit().getSealed().asReadOnlyByteBuffer());
      case PREPARE ->
          new ServerSays.Prepare(
              atLeast(1, message.getPrepare().getPlan(), "plan"),
              set(message.getPrepare().getPartitionsList()));
      case LEASE ->
          new ServerSays.Lease(
              version(message.getLease().getVersion()),
              set(message.getLease().getPartitionsList()));
      case EVALUATE ->
          new ServerSays.Evaluate(
              version(message.getEvaluate().getVersion()),
              set(message.getEvaluate().getSlicesList()));
      case FINISHED ->
          new ServerSays.Finished(
              how(message.getFinished()),
              OutsideText.printable(message.getFinished().getMessage(), LONGEST_TEXT));
      default -> throw new IllegalArgumentException("unknown message");
    };
  }

  /**
   * Reads a chunk, or several neighbouring ones; their data are valid until the receiver returns.
   *
   * @throws IllegalArgumentException if it is invalid
   */
  static ChunkSink.Chunk chunk(Parameters parameters, ReceivedPayload data) {
    int count = parameters.getChunks() == 0 ? 1 : atLeast(1, parameters.getChunks(), "chunk count");
    ChunkSink.Content content =
        switch (parameters.getKind()) {
          case EVALUATION_POINT -> new ChunkSink.Content.EvaluationPoint();
          case WEIGHTS -> new ChunkSink.Content.Weights();
          case SIGNS ->
              new ChunkSink.Content.SignsOf(parameters.getLossRose(), checksums(parameters, count));
          case STATE ->
              new ChunkSink.Content.State(
                  atLeast(0, parameters.getPart(), "part"),
                  checksums(parameters, count).stream().mapToLong(Long::longValue).findFirst());
          default ->
              throw new IllegalArgumentException(
                  "a vector of unknown kind " + parameters.getKindValue());
        };
    return new ChunkSink.Chunk(
        version(parameters.getVersion()),
        atLeast(0, parameters.getChunk(), "chunk"),
        count,
        content,
        new ReceivedData(data));
  }

  private static List<Long> checksums(Parameters parameters, int count) {
    int found = parameters.getChecksumsCount();
    if (found != 0 && found != count) {
      throw new IllegalArgumentException(found + " checksums of " + count + " chunks");
    }
    return parameters.getChecksumsList();
  }

  private record ReceivedData(ReceivedPayload payload) implements VectorData {
    @Override
    public int size() {
      return payload.size();
    }

    @Override
    public void read(float[] into, int at, int count) {
      payload.read(into, at, count);
    }

    @Override
    public void read(byte[] into) {
      payload.read(into);
    }
  }

  private static JobEnd how(Finished finished) {
    if (finished.getCompleted()) {
      return JobEnd.COMPLETED;
    }
    return finished.getInterrupted() ? JobEnd.INTERRUPTED : JobEnd.FAILED;
  }

  private static Shard shard(Welcome welcome) {
    int shards = Math.max(1, welcome.getShards());
    if (welcome.getShards() < 0 || welcome.getShard() < 0 || welcome.getShard() >= shards) {
      throw new IllegalArgumentException(
          "it says that it is shard " + welcome.getShard() + "/" + welcome.getShards());
    }
    return new Shard(welcome.getShard(), shards);
  }

  private static int version(int found) {
    return atLeast(0, found, "version");
  }

  private static int atLeast(int least, int found, String what) {
    if (found < least) {
      throw new IllegalArgumentException("a " + what + " of " + found);
    }
    return found;
  }

  private static BitSet set(List<Integer> elements) {
    BitSet set = new BitSet();
    for (int element : elements) {
      if (element < 0 || element >= MOST_PARTITIONS) {
        throw new IllegalArgumentException("there is no partition " + element);
      }
      set.set(element);
    }
    return set;
  }
}
