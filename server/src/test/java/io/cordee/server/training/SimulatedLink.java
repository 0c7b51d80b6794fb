package io.cordee.server.training;

import io.cordee.common.job.Tally;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.SimulatedCluster.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** A worker's connections to all shards, and its compute threads: lines of messages and tasks. */
public final class SimulatedLink {

  private final SimulatedCluster cluster;
  final WorkerId id;
  final SimulatedWorker worker;

  /** One for each shard. */
  final List<Line> inboxes;

  /** One for each shard. */
  final List<Line> outboxes;

  /** One for each compute thread; it listens meanwhile. */
  final List<Line> computing;

  Trouble trouble = Trouble.NONE;

  boolean wasInTrouble;

  /** Nanoseconds that a partition takes. */
  long cost;

  int leases;
  long nextBeat;

  /** The round whose contributions it still owes; −1 if none. */
  int round = -1;

  /** Contribution messages not yet delivered. */
  private int undelivered;

  SimulatedLink(
      SimulatedCluster cluster, WorkerId id, int threads, SimulatedCluster.Workers workers) {
    this.cluster = cluster;
    this.id = id;
    this.inboxes = Line.several(cluster.shards());
    this.outboxes = Line.several(cluster.shards());
    this.computing = Line.several(threads);
    this.nextBeat = cluster.now() + SimulatedCluster.BEAT;
    this.worker = workers.connected(cluster, this);
  }

  public WorkerId id() {
    return id;
  }

  public int threads() {
    return computing.size();
  }

  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    if (trouble != Trouble.HANGS) {
      lines.addAll(inboxes);
      if (trouble != Trouble.STICKS) {
        lines.addAll(computing);
      }
    }
    lines.addAll(outboxes);
    return lines;
  }

  /** Queues a task on a random compute thread. */
  public void compute(Runnable task) {
    Line thread = computing.get(cluster.random().nextInt(computing.size()));
    thread.addLast(Math.max(cluster.now(), thread.last().orElse(0L)) + cost, task);
  }

  // ---- what the worker says ----

  private void say(int shard, Runnable message) {
    outboxes.get(shard).addLast(message);
  }

  /** Tells shard 0 of an event of this worker. */
  public void tell(BiConsumer<TrainingEvents, WorkerId> event) {
    tell(0, event);
  }

  public void tell(int shard, BiConsumer<TrainingEvents, WorkerId> event) {
    say(shard, () -> cluster.training(shard).tell(to -> event.accept(to, id)));
  }

  /** Tells the shard that owns a chunk that the replica of it differs. */
  public void differs(int version, int chunk) {
    int shard = cluster.owner(chunk);
    int own = chunk - cluster.firstChunk(shard);
    tell(shard, (to, worker) -> to.differs(worker, version, own));
  }

  public void leave() {
    say(0, () -> cluster.leave(id));
  }

  /** Relays to the other shards what shard 0 says of this worker. */
  void permit(long rows) {
    for (int number = 1; number < outboxes.size(); number++) {
      int shard = number;
      say(shard, () -> cluster.training(shard).tell(to -> to.permitted(id, rows)));
    }
  }

  /**
   * Sends neighbouring chunks of a node's sum, {@code first} and those after it, in one message to
   * the shard that owns them; {@code parts} are kept.
   */
  public void contribute(int version, int node, Tally tally, int first, List<float[]> parts) {
    int shard = cluster.owner(first);
    undelivered++;
    say(
        shard,
        () -> {
          undelivered--;
          if (undelivered == 0) {
            round = -1;
          }
          List<Contribution> ofChunks = new ArrayList<>();
          for (float[] part : parts) {
            float[] own = cluster.buffers.take(part.length);
            System.arraycopy(part, 0, own, 0, part.length);
            int chunk = first + ofChunks.size() - cluster.firstChunk(shard);
            ofChunks.add(new DenseContribution(version, node, chunk, tally, own));
          }
          cluster.training(shard).contributed(id, ofChunks);
        });
  }
}
