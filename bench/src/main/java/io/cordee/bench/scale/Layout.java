package io.cordee.bench.scale;

import io.cordee.bench.scale.Stage.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * Who sends what to whom in a round.
 *
 * @param pipeline what each chunk goes through; different chunks overlap
 * @param chunks that go through it one behind the other
 * @param ending what follows when all chunks are through: shards report, leases go out
 * @param hops from host to host, one waiting for another
 */
public record Layout(List<Stage> pipeline, int chunks, List<Stage> ending, int hops) {

  private static final Role COORDINATOR = new Role("coordinator", 1);

  /** Shards on hosts of their own. */
  public static Layout shards(int workers, int shards, Round round) {
    Role worker = new Role("worker", workers);
    Role shard = new Role("shard", shards);
    double chunk = round.chunk(shards);
    return new Layout(
        List.of(
            Stage.messages(worker, shard, shards, workers, round.upBytes(shards)),
            new Stage(
                shard,
                worker,
                workers,
                shards,
                round.downBytes(shards),
                chunk,
                round.isSigns() ? shards * chunk : 0)),
        round.chunks(shards),
        ending(shards, leases(worker)),
        2 + reportHops(shards));
  }

  /** Every host is a worker and a shard; what is its own stays there. */
  static Layout ofPeers(int hosts, Round round) {
    Role peer = new Role("peer", hosts);
    int others = hosts - 1;
    double chunk = round.chunk(hosts);
    return new Layout(
        List.of(
            Stage.messages(peer, peer, others, others, round.upBytes(hosts)),
            new Stage(
                peer,
                peer,
                others,
                others,
                round.downBytes(hosts),
                chunk,
                round.isSigns() ? others * chunk : 0)),
        round.chunks(hosts),
        ending(hosts, leases(new Role("other", others))),
        2 + reportHops(hosts));
  }

  /**
   * A host of its own in each rack adds what its workers contribute, and passes steps and leases
   * down.
   *
   * @param rack workers in a rack at most; racks are evenly full
   * @param shards on hosts of their own
   */
  static Layout relays(int workers, int rack, int shards, Round round) {
    int racks = (workers + rack - 1) / rack;
    double inRack = (double) workers / racks;
    Role worker = new Role("worker", workers);
    Role relay = new Role("relay", racks);
    Role shard = new Role("shard", shards);
    double up = round.upBytes(shards);
    double down = round.downBytes(shards);
    double chunk = round.chunk(shards);
    return new Layout(
        List.of(
            Stage.messages(worker, relay, shards, inRack * shards, up),
            Stage.messages(relay, shard, shards, racks, up),
            new Stage(shard, relay, racks, shards, down, chunk, 0),
            new Stage(
                relay,
                worker,
                inRack * shards,
                shards,
                down,
                0,
                round.isSigns() ? shards * chunk : 0)),
        round.chunks(shards),
        ending(shards, leases(relay), Stage.messages(relay, worker, inRack, 1, 0)),
        4 + reportHops(shards));
  }

  /** All shards but that of the coordinator tell it that they are through; leases follow. */
  private static List<Stage> ending(int shards, Stage... leases) {
    List<Stage> stages = new ArrayList<>(List.of(leases));
    if (shards > 1) {
      Role other = new Role("other", shards - 1);
      stages.add(0, Stage.messages(other, COORDINATOR, 1, shards - 1, 0));
    }
    return stages;
  }

  private static int reportHops(int shards) {
    return shards > 1 ? 1 : 0;
  }

  private static Stage leases(Role to) {
    return Stage.messages(COORDINATOR, to, to.hosts(), 1, 0);
  }

  /**
   * How long a round takes, besides gradients. Either cables and processors are busy until then, or
   * chunks are complete late, as streams have drifted apart, and have later stages still before
   * them.
   */
  public double seconds(Cluster cluster) {
    List<Stage> push = pipeline.subList(0, 1);
    List<Stage> later = pipeline.subList(1, pipeline.size());
    double busy = through(pipeline, chunks, cluster);
    double late = through(push, chunks, cluster) + through(later, late(cluster), cluster);
    double ends = ending.stream().mapToDouble(stage -> stage.seconds(cluster)).sum();
    return hops * cluster.latency() + Math.max(busy, late) + ends;
  }

  /** One chunk takes its time, the others as long as the busiest cable or processor needs. */
  private static double through(List<Stage> stages, double chunks, Cluster cluster) {
    double one = stages.stream().mapToDouble(stage -> stage.seconds(cluster)).sum();
    return one + (chunks - 1) * Use.of(stages, cluster).busiest();
  }

  /** Chunks that are complete only when the last message has come. */
  private double late(Cluster cluster) {
    Stage push = pipeline.get(0);
    double drifted = push.received() > 1 ? cluster.drift() / push.bytes() : 0;
    return Math.max(1, Math.min(drifted, chunks));
  }
}
