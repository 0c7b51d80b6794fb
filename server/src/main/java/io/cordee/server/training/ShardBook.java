package io.cordee.server.training;

import io.cordee.common.kernel.Digest;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.reduce.Table;
import io.cordee.server.round.CollectedChunk;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How far the shards are, and what the coordinator has of their chunks. */
final class ShardBook {

  private static final int NOT_THERE = -1;

  /** In nanoseconds, before it is said that shards are waited for. */
  private static final long PATIENCE = 2_000_000_000;

  private final Chunks chunks;
  private final Optional<Table> drawn;
  private final Optional<InitialWeights> first;
  private final IntPredicate isDigestDue;
  private final int[] versions;
  private final long[] checksums;

  /** The version that the checksums of each shard's chunks are of. */
  private final int[] checked;

  private final double[] squares;
  private final BitSet squared = new BitSet();

  /** Which shards it was last said are waited for. */
  private List<Integer> said = List.of();

  /** Of the current round. */
  private int version;

  /** True once the round is applied: slots may have moved on from its version. */
  private boolean isApplied;

  /** Of each chunk; none for one that is drawn. */
  private float[][] weights;

  /** The hash of the weights of each chunk that is collected. */
  private final long[] hashes;

  private final BitSet collected = new BitSet();
  private Optional<Runnable> whenCollected = Optional.empty();

  /**
   * @param chunks of the whole vector
   * @param drawn the table whose untouched chunks are drawn, if any
   * @param isDigestDue tells at which versions shards report the checksums of their chunks
   */
  ShardBook(
      Chunks chunks, int shards, Optional<Table> drawn, ModelSpec model, IntPredicate isDigestDue) {
    this.chunks = chunks;
    this.drawn = drawn;
    this.first = drawn.map(table -> new InitialWeights(model));
    this.isDigestDue = isDigestDue;
    this.weights = new float[chunks.count()][];
    this.versions = new int[shards];
    this.checksums = new long[chunks.count()];
    this.hashes = new long[chunks.count()];
    this.squares = new double[chunks.count()];
    this.checked = new int[shards];
    Arrays.fill(checked, NOT_THERE);
    Arrays.fill(versions, NOT_THERE);
  }

  boolean hasOthers() {
    return versions.length > 1;
  }

  private Shard shard(int number) {
    return new Shard(number, versions.length);
  }

  /**
   * Every chunk of the shard stands at this version.
   *
   * @param isGathering whether shards are to stand where the job begins
   * @throws IllegalArgumentException if it is not the one that is next, or the first; or if there
   *     are no checksums where a digest is due
   */
  void stepped(int shard, int atVersion, long[] ofChunks, boolean isGathering) {
    boolean isFirst = isGathering || versions[shard] == NOT_THERE;
    if (isFirst) {
      requireCurrent(atVersion, "chunks");
    } else if (atVersion != versions[shard] + 1) {
      throw new IllegalArgumentException(
          String.format(
              "shard %s steps to version %d next; found version %d",
              shard(shard), versions[shard] + 1, atVersion));
    }
    if (ofChunks.length > 0 || isFirst || isDigestDue.test(atVersion)) {
      require(shard, ofChunks.length, "checksums");
      System.arraycopy(ofChunks, 0, checksums, shard(shard).firstChunk(chunks), ofChunks.length);
      checked[shard] = atVersion;
    }
    versions[shard] = atVersion;
  }

  void lost(int shard) {
    versions[shard] = NOT_THERE;
  }

  boolean areAllThere() {
    return missing().isEmpty();
  }

  private List<Integer> missing() {
    return IntStream.range(0, versions.length)
        .filter(shard -> versions[shard] == NOT_THERE)
        .boxed()
        .toList();
  }

  /** A message that names the shards still missing after {@code nanos}, if it has changed. */
  Optional<String> waitsFor(long nanos) {
    List<Integer> missing = missing();
    if (nanos <= PATIENCE || missing.isEmpty() || missing.equals(said)) {
      return Optional.empty();
    }
    said = missing;
    String numbers = missing.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return Optional.of(
        "waiting for " + (missing.size() == 1 ? "shard " : "shards ") + numbers + " to join");
  }

  boolean areAllAt(int wanted) {
    return areAllAt(wanted, 0);
  }

  /** Returns whether every shard but the coordinator's own stands at this version. */
  boolean areOthersAt(int wanted) {
    return areAllAt(wanted, 1);
  }

  private boolean areAllAt(int wanted, int first) {
    return Arrays.stream(versions, first, versions.length).allMatch(version -> version == wanted);
  }

  /**
   * What shards have sent of the mean gradient's squares.
   *
   * @throws IllegalArgumentException if they are not of this round, or it is applied
   */
  void squares(int shard, int atVersion, double[] ofChunks) {
    if (isApplied) {
      throw new IllegalArgumentException("no sums of squares are needed now");
    }
    requireCurrent(atVersion, "sums of squares");
    require(shard, ofChunks.length, "sums");
    System.arraycopy(ofChunks, 0, squares, shard(shard).firstChunk(chunks), ofChunks.length);
    squared.set(shard);
  }

  boolean areAllSquared() {
    return squared.cardinality() == versions.length;
  }

  /** In chunk order. */
  double[] squares() {
    return squares.clone();
  }

  void beginRound(int atVersion) {
    version = atVersion;
    isApplied = false;
    squared.clear();
  }

  void applied() {
    isApplied = true;
  }

  /** The digest of the whole vector, from the checksums of all chunks. */
  String digest(int atVersion) {
    return Digest.ofVector(atVersion, checksums);
  }

  /**
   * The weights are to be collected: this runs once all are there, in place of what was to run
   * before.
   */
  void awaitWeights(Runnable whenCollected) {
    this.whenCollected = Optional.of(whenCollected);
  }

  void awaitNoWeights() {
    whenCollected = Optional.empty();
  }

  boolean areWeightsAwaited() {
    return whenCollected.isPresent();
  }

  /**
   * Takes the weights of a shard's neighbouring chunks if they are awaited; they are not copied.
   *
   * @throws IllegalArgumentException if there are no such chunks, or they have another length or
   *     other bits than the shard has reported
   */
  void collect(int shard, int atVersion, int firstChunk, List<CollectedChunk> sent) {
    requireCurrent(atVersion, "weights");
    for (int i = 0; i < sent.size(); i++) {
      check(shard, firstChunk + i, sent.get(i));
    }
    if (!areWeightsAwaited()) {
      return;
    }
    for (int i = 0; i < sent.size(); i++) {
      int chunk = firstChunk + i;
      weights[chunk] = sent.get(i).weights().orElse(null);
      hashes[chunk] = sent.get(i).hashes()[0];
      checksums[chunk] = sent.get(i).checksum();
      collected.set(chunk);
    }
  }

  private void check(int shard, int chunk, CollectedChunk sent) {
    if (chunk < 0 || chunk >= chunks.count()) {
      throw new IllegalArgumentException("chunk " + chunk + " is not part of this job");
    }
    int found = sent.weights().map(its -> its.length).orElse(0);
    boolean isDrawn =
        found == 0 && drawn.filter(table -> table.first() <= chunks.from(chunk)).isPresent();
    if (!isDrawn && found != chunks.size(chunk)) {
      throw new IllegalArgumentException(
          "chunk %d has %d parameters; found %d".formatted(chunk, chunks.size(chunk), found));
    }
    boolean isChecked = checked[shard] == version && !isApplied;
    if (isChecked && sent.checksum() != checksums[chunk]) {
      throw new IllegalArgumentException(
          "chunk %d of shard %s had checksum %016x at version %d; its weights come with %016x"
              .formatted(chunk, shard(shard), checksums[chunk], version, sent.checksum()));
    }
    // A collection may be ordered twice. The second answer has the same bits, but a chunk that
    // nobody
    // had touched may have been made in between.
    boolean isAgain = collected.get(chunk) && weights[chunk] != null && sent.weights().isPresent();
    if (isAgain && hashes[chunk] != sent.hashes()[0]) {
      throw new IllegalArgumentException(
          "the weights of chunk %d at version %d came before, with other bits"
              .formatted(chunk, version));
    }
  }

  /** Runs what awaits the weights once all are there. */
  void collected() {
    if (areWeightsAwaited() && areAllCollected()) {
      Runnable told = whenCollected.get();
      awaitNoWeights();
      told.run();
    }
  }

  boolean areAllCollected() {
    return collected.cardinality() == chunks.count();
  }

  /** The weights of each chunk, once all are collected; not to be written. */
  List<float[]> weights() {
    return Chunks.list(weights, this::drawn);
  }

  private float[] drawn(int chunk) {
    float[] all = new float[chunks.size(chunk)];
    first.orElseThrow().take(all, chunks.from(chunk));
    return all;
  }

  /** They may be collected again. */
  void forgetCollected() {
    collected.clear();
    weights = new float[chunks.count()][];
  }

  void requireCurrent(int found, String what) {
    if (found != version) {
      throw new IllegalArgumentException(
          "expected " + what + " at version " + version + "; found version " + found);
    }
  }

  private void require(int shard, int found, String what) {
    int expected = shard(shard).endChunk(chunks) - shard(shard).firstChunk(chunks);
    if (found != expected) {
      throw new IllegalArgumentException(
          "shard %s has %d chunks; found %d %s".formatted(shard(shard), expected, found, what));
    }
  }
}
