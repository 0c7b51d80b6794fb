package io.cordee.server.round;

import io.cordee.common.kernel.Digest;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.reduce.Subvector;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/** A chunk of which every parameter is stepped in every round. */
final class DenseChunk implements ChunkState {

  private final Optimizer optimizer;
  private final Cadence cadence;
  private final BufferPool pool;

  private ChunkVectors vectors;
  private int version;
  private SignStep signStep;
  private OptionalLong checksum;

  /** The hashes of the vectors that the checksum is made of; null until they are asked for. */
  private long[] hashes;

  /**
   * @param start taken over
   * @param checksum of it
   */
  DenseChunk(
      Optimizer optimizer,
      Cadence cadence,
      BufferPool pool,
      ParameterState start,
      int version,
      long checksum) {
    this.optimizer = optimizer;
    this.cadence = cadence;
    this.pool = pool;
    this.vectors = new ChunkVectors(optimizer, start, version);
    this.version = version;
    this.checksum = OptionalLong.of(checksum);
  }

  @Override
  public int version() {
    return version;
  }

  /** Both versions of the weights and the slots, as they are stepped from the current version. */
  ParameterState state() {
    return vectors.from(version);
  }

  @Override
  public Contribution root(Contribution sum) {
    return sum.whole(vectors.size(), pool);
  }

  /** Makes the sums of the root means, in place; the sum of the squares of the mean gradient. */
  double squares(RoundScalars scalars, Contribution root) {
    return optimizer.squares(scalars, root.sums(), vectors.size());
  }

  @Override
  public void step(RoundScalars scalars, double norm, Contribution root) {
    float[] sums = root.sums();
    int size = vectors.size();
    optimizer.step(scalars, sums, norm, state(), 0, size);
    if (!cadence.sendsSigns()) {
      stepped();
      return;
    }
    StepSigns signs = new WholeSigns(optimizer.signs(scalars, sums, size), size);
    stepped();
    int slots = optimizer.replayedSlots().size();
    OptionalLong checked = cadence.checked(version, () -> checksum(slots));
    signStep = new SignStep(version, scalars.lossRose(), checked, signs);
  }

  /** Steps by a part of the rows of data; the sums are used up. */
  void stepByPart(RoundScalars scalars, Contribution part) {
    optimizer.step(scalars, part.sums(), state(), 0, vectors.size());
    stepped();
  }

  /** Its {@link #state} was stepped. */
  void stepped() {
    version++;
    forgetChecksum();
    vectors.moveLookaheadPoint(version);
  }

  /** Calls what it has come to this version. */
  void settle(int atVersion) {
    vectors = new ChunkVectors(optimizer, state(), atVersion);
    version = atVersion;
  }

  private void forgetChecksum() {
    checksum = OptionalLong.empty();
    hashes = null;
  }

  @Override
  public SignStep signStep() {
    return signStep;
  }

  @Override
  public long checksum() {
    if (checksum.isEmpty()) {
      checksum = OptionalLong.of(Digest.ofHashes(hashes()));
    }
    return checksum.getAsLong();
  }

  /** The checksum of the weights and the first {@code slots} slots. */
  private long checksum(int slots) {
    return slots == optimizer.slots().size()
        ? checksum()
        : Digest.ofHashes(Arrays.copyOf(hashes(), 1 + slots));
  }

  private long[] hashes() {
    if (hashes == null) {
      hashes = Digest.hashes(vectors.weights(version), vectors.slots());
    }
    return hashes;
  }

  @Override
  public CollectedChunk collect(int atVersion) {
    float[] weights = vectors.weights(atVersion).clone();
    long[] all = atVersion == version ? hashes() : Digest.hashes(weights, vectors.slots());
    return new CollectedChunk(Optional.of(weights), all, Digest.ofHashes(all));
  }

  @Override
  public Optional<float[]> slot(int slot) {
    return Optional.of(vectors.slots()[slot]);
  }

  @Override
  public float[] vector(Vector vector, int atVersion) {
    return vectors.at(vector, atVersion);
  }

  @Override
  public float[] copy(Vector vector, int atVersion, Subvector part) {
    return part.taken(vector(vector, atVersion));
  }

  @Override
  public ShownChunk replayed() {
    int slots = optimizer.replayedSlots().size();
    return new ShownChunk(version, vectors.shown(version, slots), checksum(slots));
  }

  @Override
  public ShownChunk copyReplayed(Subvector part) {
    throw new IllegalStateException("steps that are sent as signs are of whole chunks here");
  }

  @Override
  public ShownChunk kept(int base) {
    return new ShownChunk(version, vectors.shown(version, optimizer.slots().size()), checksum());
  }
}
