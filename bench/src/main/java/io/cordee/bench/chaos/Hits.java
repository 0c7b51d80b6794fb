package io.cordee.bench.chaos;

import io.cordee.common.random.SplitMix64;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Lets events happen to a team. Used by one thread. */
final class Hits {

  private static final Duration LONGEST_DEATH = Duration.ofSeconds(2);

  /** How long those of an interrupted job may take to hear of it, through a slow network, say. */
  private static final Duration HEARSAY = Duration.ofSeconds(20);

  private static final int SLOWNESS = 20;
  private static final int MORE_WORKERS = 2;

  /** Looks after the team until something holds. */
  @FunctionalInterface
  interface Waiting {
    void until(String wanted, BooleanSupplier condition)
        throws IOException, InterruptedException, Deviation;
  }

  private final Setup setup;
  private final Team team;
  private final Agenda agenda;
  private final Damage damage;
  private final EventLog log;
  private final Waiting waiting;

  Hits(Setup setup, Team team, Agenda agenda, EventLog log, Waiting waiting) {
    this.setup = setup;
    this.team = team;
    this.agenda = agenda;
    this.damage = new Damage(setup.checkpoints(), setup.metrics(), setup.shards());
    this.log = log;
    this.waiting = waiting;
  }

  /** Returns what came of it; where it cannot be just now, that is something like it. */
  Kind happen(Event event) throws IOException, InterruptedException, Deviation {
    Kind kind = possible(event.kind());
    String who =
        switch (kind) {
          case KILL_WORKER -> kill(event, List.of(worker(event).member()));
          case KILL_LEAD -> kill(event, List.of(team.lead()));
          case KILL_SHARD -> kill(event, List.of(shard(event)));
          case KILL_WORKERS -> kill(event, team.workers().stream().map(Worker::member).toList());
          case KILL_SERVERS -> kill(event, team.shards());
          case KILL_ALL -> kill(event, team.members().toList());
          case END_LEAD -> end(team.lead());
          case END_SHARD -> end(shard(event));
          case FREEZE_WORKER -> freeze(event, worker(event).member());
          case FREEZE_LEAD -> freeze(event, team.lead());
          case FREEZE_SHARD -> freeze(event, shard(event));
          case ADD_WORKER -> team.addWorker().member().name();
          case REMOVE_WORKER -> remove(worker(event));
          case CUT_WORKER, STALL_WORKER, DELAY_WORKER -> {
            Worker worker = worker(event);
            // All of its cables, or one.
            int which = new SplitMix64(event.draw()).nextInt(setup.shards() + 1);
            disturb(
                kind,
                event,
                which < setup.shards() ? List.of(worker.cables().get(which)) : worker.cables());
            yield worker.member().name()
                + (which < setup.shards() ? " and shard " + which : " and all shards");
          }
          case CUT_SHARD, STALL_SHARD, DELAY_SHARD -> {
            int number = event.choice(team.leadCables().size());
            disturb(kind, event, List.of(team.leadCables().get(number)));
            yield "shard-" + (number + 1);
          }
          case CUT_ALL -> {
            team.cables().forEach(Cable::cut);
            yield "";
          }
          case TEAR_CHECKPOINT, TEAR_JOURNAL, TEAR_METRICS -> tear(kind, event);
        };
    log.note("event " + event.number() + ": " + kind.text() + ": " + who + ", " + event);
    return kind;
  }

  private Kind possible(Kind kind) {
    int workers = team.workers().size();
    if (kind == Kind.REMOVE_WORKER && workers == 1) {
      return Kind.ADD_WORKER;
    }
    return kind == Kind.ADD_WORKER && workers == setup.workers() + MORE_WORKERS
        ? Kind.REMOVE_WORKER
        : kind;
  }

  private Worker worker(Event event) {
    return team.workers().get(event.choice(team.workers().size()));
  }

  /** One that does not lead. */
  private Member shard(Event event) {
    return team.shards().get(1 + event.choice(team.shards().size() - 1));
  }

  private void awaitAlive(Member member) throws IOException, InterruptedException, Deviation {
    waiting.until("the start of " + member.name(), member::isAlive);
  }

  private String kill(Event event, List<Member> members)
      throws IOException, InterruptedException, Deviation {
    for (Member member : members) {
      if (members.size() == 1) {
        awaitAlive(member);
      }
      if (member.isAlive()) {
        member.kill();
        member.restartAfter(pause(event));
      }
    }
    return String.join(", ", members.stream().map(Member::name).toList());
  }

  /** How long somebody is dead. */
  private static Duration pause(Event event) {
    return event.length().compareTo(LONGEST_DEATH) > 0 ? LONGEST_DEATH : event.length();
  }

  /** The job ends before its time, and with it whoever hears of that. */
  private String end(Member member) throws IOException, InterruptedException, Deviation {
    awaitAlive(member);
    team.forgiveEnds(HEARSAY);
    member.end();
    return member.name();
  }

  private String remove(Worker worker) throws IOException, InterruptedException, Deviation {
    awaitAlive(worker.member());
    team.removeWorker(worker);
    return worker.member().name();
  }

  private String freeze(Event event, Member member)
      throws IOException, InterruptedException, Deviation {
    awaitAlive(member);
    Process process = member.process();
    Signals.stop(process);
    agenda.after(event.length(), () -> Signals.goOn(process));
    return member.name();
  }

  private void disturb(Kind kind, Event event, List<Cable> cables) {
    switch (kind) {
      case CUT_WORKER, CUT_SHARD -> cables.forEach(Cable::cut);
      case STALL_WORKER, STALL_SHARD -> {
        cables.forEach(cable -> cable.stall(true));
        agenda.after(event.length(), () -> cables.forEach(cable -> cable.stall(false)));
      }
      default -> {
        Duration delay = event.length().dividedBy(SLOWNESS);
        cables.forEach(cable -> cable.delay(delay));
        agenda.after(event.length(), () -> cables.forEach(cable -> cable.delay(Duration.ZERO)));
      }
    }
  }

  private String tear(Kind kind, Event event) throws IOException, InterruptedException, Deviation {
    int number = kind == Kind.TEAR_METRICS ? 0 : event.choice(team.shards().size());
    String who = kill(event, List.of(team.shards().get(number)));
    SplitMix64 random = new SplitMix64(event.draw());
    Optional<String> torn =
        switch (kind) {
          case TEAR_METRICS -> damage.tearMetrics(random);
          case TEAR_JOURNAL -> damage.tearJournal(number, random);
          default -> damage.tearCheckpoint(number, random);
        };
    return who + ", " + torn.orElse("nothing torn, as all is needed");
  }
}
