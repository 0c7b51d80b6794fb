package io.cordee.bench.chaos;

import io.cordee.cli.process.Signal;
import io.cordee.cli.process.Supervised;
import io.cordee.common.random.SplitMix64;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Lets events happen to a team; the log gets what has happened to whom. Used by one thread. */
record Hits(Setup setup, ChaosTeam team, Damage damage, Consumer<String> log) {

  private static final Duration LONGEST_DEATH = Duration.ofSeconds(2);

  /** How long those of an interrupted job may take to hear of it, through a slow network, say. */
  private static final Duration HEARSAY = Duration.ofSeconds(20);

  private static final int SLOWNESS = 20;
  private static final int MORE_WORKERS = 2;

  /** Returns the kind that can be just now: this, or something like it. */
  Kind possible(Kind kind) {
    int workers = team.workers().size();
    if (kind == Kind.REMOVE_WORKER && workers == 1) {
      return Kind.ADD_WORKER;
    }
    return kind == Kind.ADD_WORKER && workers == setup.workers() + MORE_WORKERS
        ? Kind.REMOVE_WORKER
        : kind;
  }

  /** Returns everyone that is hit. */
  List<Supervised> targets(Kind.Target target, ChaosEvent event) {
    List<Supervised> shards = team.shards();
    List<Supervised> workers = team.workers();
    return switch (target) {
      case NOBODY -> List.of();
      case WORKER -> List.of(workers.get(event.choice(workers.size())));
      case LEAD -> List.of(team.lead());
      case SHARD -> List.of(shards.get(1 + event.choice(shards.size() - 1)));
      case SERVER -> List.of(shards.get(event.choice(shards.size())));
      case WORKERS -> workers;
      case SERVERS -> shards;
      case ALL -> team.members();
    };
  }

  /**
   * @param hit its targets; one alone is alive, unless it is its network that is hit
   */
  void happen(Kind kind, ChaosEvent event, List<Supervised> hit)
      throws IOException, InterruptedException, Deviation {
    String who = String.join(", ", hit.stream().map(Supervised::name).toList());
    switch (kind.group()) {
      case KILLED -> kill(event, hit);
      case INTERRUPTED -> {
        // The job is interrupted, and every process that learns of it exits, too.
        team.forgiveEnds(HEARSAY);
        hit.get(0).terminate();
      }
      case STOPPED -> freeze(event, hit.get(0).process().toHandle());
      case COME_OR_GONE -> {
        if (kind == Kind.ADD_WORKER) {
          who = team.addWorker().name();
        } else {
          team.removeWorker(hit.get(0));
        }
      }
      case CUT, SLOW -> who += disturb(kind, event, hit);
      case TORN -> {
        kill(event, hit);
        who += ", " + tear(kind, event, hit.get(0)).orElse("nothing torn, as all is needed");
      }
    }
    log.accept("event " + event.number() + ": " + kind.text() + ": " + who + ", " + event);
  }

  private void kill(ChaosEvent event, List<Supervised> members)
      throws IOException, InterruptedException {
    Duration length = event.length();
    for (Supervised member : members) {
      if (member.isAlive()) {
        member.kill();
        member.restart(length.compareTo(LONGEST_DEATH) > 0 ? LONGEST_DEATH : length);
      }
    }
  }

  private void freeze(ChaosEvent event, ProcessHandle process)
      throws IOException, InterruptedException {
    Signal.STOP.send(process);
    team.later(event.length(), () -> Signal.CONT.send(process));
  }

  private String disturb(Kind kind, ChaosEvent event, List<Supervised> hit) {
    List<Cable> cables = hit.stream().flatMap(member -> team.cables(member).stream()).toList();
    String which = "";
    if (kind.target() == Kind.Target.WORKER) {
      // All of its cables, or one.
      int shard = new SplitMix64(event.draw()).nextInt(setup.shards() + 1);
      boolean isOne = shard < setup.shards();
      which = isOne ? " and shard " + shard : " and all shards";
      cables = isOne ? List.of(cables.get(shard)) : cables;
    }
    for (Cable cable : cables) {
      switch (kind) {
        case STALL_WORKER, STALL_SHARD -> {
          cable.stall(true);
          team.later(event.length(), () -> cable.stall(false));
        }
        case DELAY_WORKER, DELAY_SHARD -> {
          cable.delay(event.length().dividedBy(SLOWNESS));
          team.later(event.length(), () -> cable.delay(Duration.ZERO));
        }
        default -> cable.cut();
      }
    }
    return which;
  }

  private Optional<String> tear(Kind kind, ChaosEvent event, Supervised server) throws IOException {
    int number = team.shards().indexOf(server);
    SplitMix64 random = new SplitMix64(event.draw());
    return switch (kind) {
      case TEAR_METRICS -> damage.tearMetrics(random);
      default -> damage.tearCheckpoint(number, random);
    };
  }
}
