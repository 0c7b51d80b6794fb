package io.cordee.bench.chaos;

/** What may happen to a team. */
enum Kind {
  KILL_WORKER(Group.KILLED, "worker killed", 12, Needs.NOTHING),
  KILL_LEAD(Group.KILLED, "shard 0 killed", 8, Needs.NOTHING),
  KILL_SHARD(Group.KILLED, "other shard killed", 8, Needs.SHARDS),
  KILL_WORKERS(Group.KILLED, "all workers killed at once", 2, Needs.NOTHING),
  KILL_SERVERS(Group.KILLED, "all shards killed at once", 2, Needs.SHARDS),
  KILL_ALL(Group.KILLED, "everything killed at once", 2, Needs.NOTHING),
  END_LEAD(Group.INTERRUPTED, "shard 0 interrupted (SIGTERM)", 2, Needs.NOTHING),
  END_SHARD(Group.INTERRUPTED, "other shard interrupted (SIGTERM)", 2, Needs.SHARDS),
  FREEZE_WORKER(Group.STOPPED, "worker stopped for a while", 8, Needs.NOTHING),
  FREEZE_LEAD(Group.STOPPED, "shard 0 stopped for a while", 4, Needs.NOTHING),
  FREEZE_SHARD(Group.STOPPED, "other shard stopped for a while", 4, Needs.SHARDS),
  ADD_WORKER(Group.COME_OR_GONE, "worker added", 5, Needs.NOTHING),
  REMOVE_WORKER(Group.COME_OR_GONE, "worker taken away", 5, Needs.NOTHING),
  CUT_WORKER(Group.CUT, "worker cut off", 8, Needs.NOTHING),
  STALL_WORKER(Group.SLOW, "worker's network stalled", 6, Needs.NOTHING),
  DELAY_WORKER(Group.SLOW, "worker's network slow", 6, Needs.NOTHING),
  CUT_SHARD(Group.CUT, "other shard cut off from shard 0", 5, Needs.SHARDS),
  STALL_SHARD(Group.SLOW, "network between shards stalled", 3, Needs.SHARDS),
  DELAY_SHARD(Group.SLOW, "network between shards slow", 3, Needs.SHARDS),
  CUT_ALL(Group.CUT, "every connection cut at once", 2, Needs.NOTHING),
  TEAR_CHECKPOINT(Group.TORN, "server killed, newest checkpoint torn", 8, Needs.NOTHING),
  TEAR_JOURNAL(Group.TORN, "server killed, newest journal torn", 6, Needs.JOURNAL),
  TEAR_METRICS(Group.TORN, "shard 0 killed, last rows of metrics lost", 4, Needs.NOTHING);

  /** Kinds that are alike. */
  enum Group {
    KILLED("killed"),
    INTERRUPTED("interrupted"),
    STOPPED("stopped"),
    COME_OR_GONE("come or gone"),
    CUT("cut"),
    SLOW("slow"),
    TORN("torn");

    private final String text;

    Group(String text) {
      this.text = text;
    }

    /** For people. */
    String text() {
      return text;
    }
  }

  /** What there has to be for it. */
  enum Needs {
    NOTHING,
    /** More than one shard. */
    SHARDS,
    /** A rule whose steps are journalled. */
    JOURNAL
  }

  private final Group group;
  private final String text;
  private final int weight;
  private final Needs needs;

  Kind(Group group, String text, int weight, Needs needs) {
    this.group = group;
    this.text = text;
    this.weight = weight;
    this.needs = needs;
  }

  Group group() {
    return group;
  }

  /** For people. */
  String text() {
    return text;
  }

  /** How often it is drawn, beside the others. */
  int weight() {
    return weight;
  }

  boolean isPossible(int shards, boolean hasJournal) {
    return switch (needs) {
      case NOTHING -> true;
      case SHARDS -> shards > 1;
      case JOURNAL -> hasJournal;
    };
  }
}
