package io.cordee.bench.chaos;

import java.util.Locale;

/** What may happen to a team. */
enum Kind {
  KILL_WORKER(Group.KILLED, Target.WORKER, "worker killed", 12),
  KILL_LEAD(Group.KILLED, Target.LEAD, "shard 0 killed", 8),
  KILL_SHARD(Group.KILLED, Target.SHARD, "other shard killed", 8),
  KILL_WORKERS(Group.KILLED, Target.WORKERS, "all workers killed at once", 2),
  KILL_SERVERS(Group.KILLED, Target.SERVERS, "all shards killed at once", 2),
  KILL_ALL(Group.KILLED, Target.ALL, "everything killed at once", 2),
  END_LEAD(Group.INTERRUPTED, Target.LEAD, "shard 0 interrupted (SIGTERM)", 2),
  END_SHARD(Group.INTERRUPTED, Target.SHARD, "other shard interrupted (SIGTERM)", 2),
  FREEZE_WORKER(Group.STOPPED, Target.WORKER, "worker stopped for a while", 8),
  FREEZE_LEAD(Group.STOPPED, Target.LEAD, "shard 0 stopped for a while", 4),
  FREEZE_SHARD(Group.STOPPED, Target.SHARD, "other shard stopped for a while", 4),
  ADD_WORKER(Group.COME_OR_GONE, Target.NOBODY, "worker added", 5),
  REMOVE_WORKER(Group.COME_OR_GONE, Target.WORKER, "worker taken away", 5),
  CUT_WORKER(Group.CUT, Target.WORKER, "worker cut off", 8),
  STALL_WORKER(Group.SLOW, Target.WORKER, "worker's network stalled", 6),
  DELAY_WORKER(Group.SLOW, Target.WORKER, "worker's network slow", 6),
  CUT_SHARD(Group.CUT, Target.SHARD, "other shard cut off from shard 0", 5),
  STALL_SHARD(Group.SLOW, Target.SHARD, "network between shards stalled", 3),
  DELAY_SHARD(Group.SLOW, Target.SHARD, "network between shards slow", 3),
  CUT_ALL(Group.CUT, Target.ALL, "every connection cut at once", 2),
  TEAR_CHECKPOINT(Group.TORN, Target.SERVER, "server killed, newest checkpoint torn", 8),
  TEAR_METRICS(Group.TORN, Target.LEAD, "shard 0 killed, last rows of metrics lost", 4);

  enum Group {
    KILLED,
    INTERRUPTED,
    STOPPED,
    COME_OR_GONE,
    CUT,
    SLOW,
    TORN;

    /** For people. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  enum Target {
    NOBODY,
    WORKER,
    LEAD,
    /** One that does not lead. */
    SHARD,
    /** The lead or another shard. */
    SERVER,
    WORKERS,
    SERVERS,
    ALL
  }

  private final Group group;
  private final Target target;
  private final String text;
  private final int weight;

  Kind(Group group, Target target, String text, int weight) {
    this.group = group;
    this.target = target;
    this.text = text;
    this.weight = weight;
  }

  Group group() {
    return group;
  }

  Target target() {
    return target;
  }

  String text() {
    return text;
  }

  /** How often it is drawn, beside the others. */
  int weight() {
    return weight;
  }

  /** Returns whether processes stay as they are, and only what they say is held up or lost. */
  boolean hitsNetwork() {
    return group == Group.CUT || group == Group.SLOW;
  }

  /** {@code arePeers}: there are no workers but the shards. */
  boolean isPossible(int shards, boolean arePeers) {
    return switch (target) {
      case SHARD, SERVERS -> shards > 1;
      case NOBODY, WORKER, WORKERS -> !arePeers;
      default -> true;
    };
  }
}
