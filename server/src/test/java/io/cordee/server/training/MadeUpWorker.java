package io.cordee.server.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.Mode;
import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.Replica;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.server.round.ShownChunk;
import io.cordee.server.round.SignStep;
import io.cordee.server.round.Vector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;

/** Does {@link MadeUpWork}, and at times more than it has to. */
final class MadeUpWorker implements SimulatedWorker {

  private final SimulatedCluster cluster;
  private final SimulatedLink link;
  private final Job job;
  private final Optimizer optimizer;
  private final Chunks chunks;
  private final ReductionTree tree;
  private final MadeUpWork work;
  private final Random random;

  private final IntPredicate isWanted;

  private final Line computing;
  private long busyUntil;
  private final Map<Integer, float[]> points = new HashMap<>();
  private final Map<Integer, float[]> weights = new HashMap<>();

  /** Partitions that are computed one after the other, from some time on. */
  private static final class Leased {

    final int version;
    final BitSet partitions;
    OptionalLong begin = OptionalLong.empty();

    Leased(int version, BitSet partitions) {
      this.version = version;
      this.partitions = (BitSet) partitions.clone();
    }
  }

  private final List<Leased> leases = new ArrayList<>();

  /** Used only if steps are sent as signs. */
  private final Replica replica;

  MadeUpWorker(SimulatedCluster cluster, SimulatedLink link) {
    this.cluster = cluster;
    this.link = link;
    this.job = cluster.job();
    this.chunks = cluster.chunks();
    this.optimizer = Optimizer.of(job.optimizer(), chunks.parameters());
    this.tree = new ReductionTree(job.partitions());
    this.work = new MadeUpWork(chunks, tree);
    this.random = cluster.random();
    this.isWanted = cluster::isWanted;
    this.computing = link.computing.get(0);
    this.replica = job.sendsSigns() ? new Replica(optimizer, chunks) : null;
  }

  // ---- what arrives ----

  @Override
  public void welcome() {
    DataFound found = cluster.found.getOrDefault(link.id, work.found());
    link.tell((to, id) -> to.found(id, found));
  }

  @Override
  public void prepare(int plan, BitSet partitions) {
    link.tell((to, id) -> to.prepared(id, plan));
  }

  @Override
  public void chunk(Vector vector, int version, int chunk, float[] values) {
    Map<Integer, float[]> vectors = vector == Vector.LOOKAHEAD_POINT ? points : weights;
    float[] whole = vectors.computeIfAbsent(version, v -> nothing());
    if (job.mode() instanceof Mode.Async) {
      assertTrue(
          link.wasInTrouble || Float.isNaN(whole[chunks.from(chunk)]), "a chunk is sent twice");
      assertTrue(
          link.wasInTrouble || link.round < 0 || version <= link.round + 1, "no room for it");
    }
    System.arraycopy(values, 0, whole, chunks.from(chunk), chunks.size(chunk));
  }

  private float[] nothing() {
    float[] nothing = new float[chunks.parameters()];
    Arrays.fill(nothing, Float.NaN);
    return nothing;
  }

  @Override
  public void signs(int chunk, SignStep step, ShownChunk after) {
    if (random.nextDouble() < cluster.flipRate) {
      flipABit(step.version() - 1, chunk);
    }
    OptionalLong checksum = step.checksum();
    Replica.Effect effect =
        replica.replay(
            chunk,
            step.version(),
            step.lossRose(),
            step.signs().packed(),
            checksum.isPresent() ? Optional.of(checksum.getAsLong()) : Optional.empty());
    if (effect == Replica.Effect.DIFFERS) {
      link.differs(step.version(), chunk);
    }
  }

  private void flipABit(int version, int chunk) {
    Replica.Place place = replica.part(chunk, version, random.nextInt(replica.parts()));
    float[] vector = place.array();
    int at = place.from() + random.nextInt(chunks.size(chunk));
    vector[at] =
        Float.intBitsToFloat(Float.floatToRawIntBits(vector[at]) ^ 1 << random.nextInt(32));
  }

  @Override
  public void state(int chunk, ShownChunk state) {
    for (int part = 0; part < replica.parts(); part++) {
      Replica.Place place = replica.part(chunk, state.version(), part);
      System.arraycopy(
          state.vectors().get(part), 0, place.array(), place.from(), chunks.size(chunk));
    }
    assertEquals(Replica.Effect.DONE, replica.restore(chunk, state.version(), state.checksum()));
  }

  @Override
  public void lease(int version, BitSet partitions) {
    Leased lease = new Leased(version, partitions);
    leases.add(lease);
    later(version, () -> computeWhenComplete(lease));
  }

  @Override
  public void evaluate(int version, BitSet slices) {
    later(version, () -> evaluateWhenComplete(version, slices));
  }

  @Override
  public void finished(Outcome outcome) {
    link.leave();
  }

  // ---- what it computes ----

  private void later(int version, Runnable task) {
    if (cluster.areWorkersReasonable) {
      computing.abandonBefore(version);
      if (computing.next().isEmpty()) {
        busyUntil = Math.min(busyUntil, cluster.now());
      }
    }
    computing.addLast(0, version, task);
  }

  private void computeWhenComplete(Leased lease) {
    Optional<float[]> at = point(lease.version);
    if (at.isPresent() && link.cost > 0) {
      lease.begin = OptionalLong.of(Math.max(cluster.now(), busyUntil));
      busyUntil = lease.begin.getAsLong();
      for (int done = 1; done <= lease.partitions.cardinality(); done++) {
        int count = done;
        busyUntil += link.cost;
        computing.addLast(
            busyUntil,
            lease.version,
            () -> {
              if (count == lease.partitions.cardinality()) {
                compute(lease, at.get());
              }
            });
      }
    } else if (at.isPresent()) {
      compute(lease, at.get());
    } else if (isWanted.test(lease.version)) {
      computing.addLast(0, lease.version, () -> computeWhenComplete(lease));
    }
  }

  private void compute(Leased lease, float[] at) {
    leases.remove(lease);
    cluster.computed.merge(lease.version, lease.partitions.cardinality(), Integer::sum);
    compute(lease.version, at, lease.partitions);
  }

  private void compute(int version, float[] at, BitSet partitions) {
    TreeReduction<float[]> reduction =
        new TreeReduction<>(
            tree,
            (left, right) -> {
              Vectors.add(left, right, left.length);
              return left;
            },
            gone -> {});
    List<Integer> maximal = tree.maximalNodes(partitions);
    Set<Integer> asLeaves = new HashSet<>();
    for (int node : maximal) {
      if (random.nextDouble() < cluster.leafRate) {
        // Now and then leaf by leaf, which is allowed but wasteful.
        asLeaves.add(node);
      }
    }
    partitions.stream()
        .forEach(
            partition -> {
              float[] sums = work.sums(at, partition);
              int leaf = tree.leaf(partition);
              boolean isAlone =
                  asLeaves.stream().anyMatch(node -> ReductionTree.isSelfOrAncestor(node, leaf));
              if (isAlone) {
                send(version, leaf, sums);
              } else {
                int node = reduction.offer(leaf, sums).orElseThrow();
                if (maximal.contains(node)) {
                  send(version, node, reduction.take(node).orElseThrow());
                }
              }
            });
  }

  /** In messages of one or more neighbouring chunks of the same shard. */
  private void send(int version, int node, float[] sums) {
    List<float[]> parts = new ArrayList<>();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      float[] part = new float[chunks.contributionSize(chunk)];
      work.copyPart(sums, chunk, part);
      parts.add(part);
      int next = chunk + 1;
      boolean isMore =
          next < chunks.count()
              && cluster.owner(next) == cluster.owner(chunk)
              && random.nextBoolean();
      if (!isMore) {
        link.contribute(
            version, node, work.tally(version, node), next - parts.size(), List.copyOf(parts));
        parts.clear();
      }
    }
  }

  private void evaluateWhenComplete(int version, BitSet slices) {
    Optional<float[]> at = evaluated(version);
    if (at.isEmpty()) {
      if (isWanted.test(version)) {
        computing.addLast(0, version, () -> evaluateWhenComplete(version, slices));
      }
      return;
    }
    slices.stream()
        .forEach(
            slice -> {
              long rows = work.slice(slice).rows();
              double loss = slice + (double) at.get()[slice % chunks.parameters()];
              Tally tally = new Tally(rows, loss, rows * (version % 2), 0);
              link.tell((to, id) -> to.evaluated(id, version, slice, tally));
            });
  }

  /** The lookahead point of a version, if all of it is there. */
  private Optional<float[]> point(int version) {
    return job.sendsSigns()
        ? replica.weightsAt(version).map(float[]::clone)
        : whole(points.get(version));
  }

  /** The weights at a version, if they are sent apart from the lookahead point. */
  private Optional<float[]> evaluated(int version) {
    return optimizer.hasLookahead() ? whole(weights.get(version)) : point(version);
  }

  private static Optional<float[]> whole(float[] vector) {
    return Optional.ofNullable(vector).filter(MadeUpWorker::isWhole);
  }

  private static boolean isWhole(float[] vector) {
    for (float value : vector) {
      if (Float.isNaN(value)) {
        return false;
      }
    }
    return true;
  }
}
