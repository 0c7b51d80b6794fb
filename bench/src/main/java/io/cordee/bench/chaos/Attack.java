package io.cordee.bench.chaos;

import io.cordee.cli.process.Supervised;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Runs a job with real processes, through all events and then to its end. */
final class Attack implements AutoCloseable {

  private static final Duration TICK = Duration.ofMillis(10);
  private static final Duration REPORT = Duration.ofSeconds(5);

  /** Undisturbed rounds at the end. */
  private static final int PEACE = 30;

  private final Setup setup;
  private final Consumer<String> log;
  private final Consumer<String> progress;
  private final ChaosTeam team;
  private final RowWatch watch;
  private final Hits hits;
  private final Map<Kind, Integer> happened = new EnumMap<>(Kind.class);
  private final long begun = System.nanoTime();
  private long reported = begun;
  private Optional<ChaosEvent> latest = Optional.empty();

  /**
   * @param log receives what is done to whom
   */
  Attack(Setup setup, Consumer<String> log, Consumer<String> progress) throws IOException {
    this.setup = setup;
    this.log = log;
    this.progress = progress;
    this.team = new ChaosTeam(setup, log);
    this.watch = new RowWatch(setup.rows(), setup.metrics(), setup.patience());
    Damage damage = new Damage(setup.checkpoints(), setup.rows(), setup.metrics(), setup.shards());
    this.hits = new Hits(setup, team, damage, log);
  }

  /** How often what has happened. */
  Map<Kind, Integer> happened() {
    return happened;
  }

  int starts() {
    return team.starts();
  }

  Duration duration() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /**
   * @return the number of rounds, once the job is over and all processes have exited
   * @throws Deviation if something is not as it should be
   */
  int run(List<ChaosEvent> events) throws IOException, InterruptedException, Deviation {
    try {
      team.start();
      awaitRounds(1);
      for (ChaosEvent event : events) {
        awaitRounds(event.rounds());
        rest(event.pause());
        latest = Optional.of(event);
        hit(event);
      }
      return end();
    } catch (Deviation e) {
      team.dumpThreads();
      String after =
          latest
              .map(event -> "after event " + event.number() + ", " + event.kind().text())
              .orElse("before the first event");
      throw new Deviation(e.getMessage() + " (" + after + ")");
    }
  }

  private void hit(ChaosEvent event) throws IOException, InterruptedException, Deviation {
    Kind kind = hits.possible(event.kind());
    List<Supervised> targets = hits.targets(kind.target(), event);
    if (targets.size() == 1 && !kind.hitsNetwork()) {
      awaitAlive(targets.get(0));
    }
    hits.happen(kind, event, targets);
    happened.merge(kind, 1, Integer::sum);
  }

  private int end() throws IOException, InterruptedException, Deviation {
    await("the end of all that lasts", team::isAtRest);
    awaitRounds(1);
    await("all processes", () -> team.isComplete() && !team.areEndsForgiven());
    int last = watch.best() + PEACE;
    log.accept("all events have happened; the job ends after round " + last);
    report();
    team.endAfter(last);
    team.lead().kill();
    team.lead().restart(Duration.ZERO);
    awaitAlive(team.lead());
    await("the end of the job", () -> !team.lead().isAlive());
    team.awaitEnd();
    watch.look();
    return last;
  }

  private void awaitRounds(int rounds) throws IOException, InterruptedException, Deviation {
    int wanted = watch.best() + rounds;
    await("round " + wanted, () -> watch.best() >= wanted);
  }

  private void awaitAlive(Supervised member) throws IOException, InterruptedException, Deviation {
    await("the start of " + member.name(), member::isAlive);
  }

  private void rest(Duration pause) throws IOException, InterruptedException, Deviation {
    long end = System.nanoTime() + pause.toNanos();
    await("a moment", () -> System.nanoTime() - end >= 0);
  }

  /** Looks after everything until something holds. */
  private void await(String wanted, BooleanSupplier condition)
      throws IOException, InterruptedException, Deviation {
    while (!condition.getAsBoolean()) {
      TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
      team.tend();
      try {
        watch.look();
      } catch (Deviation e) {
        throw new Deviation(e.getMessage() + " (while waiting for " + wanted + ")");
      }
      if (System.nanoTime() - reported > REPORT.toNanos()) {
        report();
      }
    }
  }

  private void report() {
    reported = System.nanoTime();
    Map<Kind.Group, Integer> groups = new EnumMap<>(Kind.Group.class);
    happened.forEach((kind, count) -> groups.merge(kind.group(), count, Integer::sum));
    String counts =
        groups.entrySet().stream()
            .map(group -> group.getValue() + " " + group.getKey())
            .collect(Collectors.joining(", "));
    int total = groups.values().stream().mapToInt(Integer::intValue).sum();
    progress.accept(
        String.format(
            "%4d s  %d/%d events (%s), round %d",
            duration().toSeconds(), total, setup.events(), counts, watch.best()));
  }

  @Override
  public void close() throws IOException {
    team.close();
  }
}
