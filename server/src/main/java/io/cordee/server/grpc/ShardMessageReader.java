package io.cordee.server.grpc;

import io.cordee.common.job.JobVector;
import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.ShardChunk;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardSquares;
import io.cordee.proto.v1.ShardStepped;
import io.cordee.server.checkpoint.KeptVersion;
import io.cordee.server.round.CollectedChunk;
import io.cordee.server.training.ShardReports;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Reads the messages of other shards. Checks what can be checked without the state of the training,
 * which checks the rest.
 *
 * @param vector the whole vector
 */
record ShardMessageReader(int shards, JobVector vector) {

  /** Versions that a shard may have kept. */
  private static final int MOST_KEPT = 10_000;

  /** The longest id of a run, or words for its rows. */
  private static final int LONGEST_TEXT = 300;

  private static final int LONGEST_FAILURE = 1000;

  /**
   * @throws StatusRuntimeException if a shard is not one of this job's
   */
  static void check(ShardHello hello, int shards) {
    Peer.checkVersion("shard", hello.getProtocol(), hello.getVersion());
    int shard = hello.getShard();
    if (hello.getShards() != shards || shard < 1 || shard >= shards) {
      throw Peer.unfit(
          "this is shard 0/%d; found shard %d/%d; start each shard with a number of its own, of %d",
          shards, shard, hello.getShards(), shards);
    }
  }

  /**
   * Reads the versions that the shard can resume from.
   *
   * @param isSameJob whether versions kept of a job, as YAML, are of use
   * @throws StatusRuntimeException if they are too many or invalid
   */
  static List<KeptVersion> kept(ShardHello hello, Predicate<String> isSameJob) {
    if (hello.getKeptCount() > MOST_KEPT) {
      throw Peer.unfit(
          "a shard has kept at most %d versions; found %d", MOST_KEPT, hello.getKeptCount());
    }
    List<KeptVersion> kept = new ArrayList<>();
    try {
      if (isSameJob.test(hello.getJob())) {
        hello
            .getKeptList()
            .forEach(
                v ->
                    kept.add(
                        new KeptVersion(
                            v.getVersion(), outside(v.getRun()), outside(v.getRows()))));
      }
    } catch (IllegalArgumentException e) {
      throw Peer.unfit("%s", e.getMessage());
    }
    return kept;
  }

  private static String outside(String text) {
    return OutsideText.printable(text, LONGEST_TEXT);
  }

  /**
   * Reads a report.
   *
   * @param from the shard's number
   * @return passes it on
   * @throws StatusRuntimeException if it is refused
   */
  Consumer<ShardReports> report(int from, ShardMessage message) {
    Shard shard = new Shard(from, shards);
    return switch (message.getBodyCase()) {
      case STEPPED -> stepped(shard, message.getStepped());
      case SQUARES -> squares(shard, message.getSquares());
      case CHUNK -> chunk(shard, message.getChunk());
      case FAILURE -> failure(shard, message.getFailure());
      default -> throw Peer.invalid("a message without a body that is known here");
    };
  }

  private int chunksOf(Shard shard) {
    return shard.own(vector.chunks()).count();
  }

  private Consumer<ShardReports> stepped(Shard shard, ShardStepped stepped) {
    int found = stepped.getChecksumsCount();
    if (found != 0 && found != chunksOf(shard)) {
      throw Peer.invalid(
          "shard %s has %d chunks, and no checksum or one for each; found %d",
          shard, chunksOf(shard), found);
    }
    long[] checksums = stepped.getChecksumsList().stream().mapToLong(c -> c).toArray();
    return to -> to.stepped(stepped.getVersion(), checksums);
  }

  private Consumer<ShardReports> squares(Shard shard, ShardSquares squares) {
    if (squares.getSquaresCount() != chunksOf(shard)) {
      throw Peer.invalid(
          "shard %s has %d chunks, and a sum of squares for each; found %d",
          shard, chunksOf(shard), squares.getSquaresCount());
    }
    for (double sum : squares.getSquaresList()) {
      if (!(sum >= 0 && sum <= Double.MAX_VALUE)) {
        throw Peer.invalid("a sum of squares is finite and not below 0; found %s", sum);
      }
    }
    double[] ofChunks = squares.getSquaresList().stream().mapToDouble(sum -> sum).toArray();
    return to -> to.squares(squares.getVersion(), ofChunks);
  }

  private Consumer<ShardReports> chunk(Shard shard, ShardChunk chunk) {
    Chunks all = vector.chunks();
    int number = chunk.getChunk();
    int first = shard.firstChunk(all);
    int end = shard.endChunk(all);
    if (number < first || number >= end) {
      throw Peer.invalid(
          "shard %s has chunks %d to %d; found chunk %d", shard, first, end - 1, number);
    }
    int bytes = all.size(number) * Float.BYTES;
    int found = chunk.getData().size();
    if (found != 0 && found != bytes) {
      throw Peer.invalid("chunk %d has %d bytes, or none; found %d", number, bytes, found);
    }
    int slots = vector.late().isPresent() ? 0 : vector.optimizer().slots().size();
    long[] hashes = chunk.getHashesList().stream().mapToLong(hash -> hash).toArray();
    if (hashes.length != 1 + slots) {
      throw Peer.invalid(
          "chunk %d has a hash of its weights and of each of %d slots; found %d hashes",
          number, slots, hashes.length);
    }
    float[] weights = FloatBytes.read(chunk.getData());
    long data = Digest.hashes(weights, new float[0][])[0];
    boolean isHashed = vector.late().isPresent() || Digest.ofHashes(hashes) == chunk.getChecksum();
    if (data != hashes[0] || !isHashed) {
      throw Peer.invalid(
          "chunk %d of shard %s arrived damaged: its weights do not match its checksum",
          number, shard);
    }
    // Nobody has touched a chunk that comes without weights.
    Optional<float[]> touched = Optional.of(weights).filter(its -> its.length > 0);
    CollectedChunk collected = new CollectedChunk(touched, hashes, chunk.getChecksum());
    int version = chunk.getVersion();
    return to -> to.weights(version, number, List.of(collected));
  }

  private static Consumer<ShardReports> failure(Shard shard, Failure failure) {
    String why = OutsideText.printable(failure.getMessage(), LONGEST_FAILURE);
    return to -> to.failed("shard " + shard.number() + ": " + why);
  }
}
