package io.cordee.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.proto.v1.Finished;
import io.cordee.server.MadeUpJob;
import io.cordee.server.PlainWorker;
import io.cordee.server.Wire;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attacks a server in every way while it trains with one good worker: it stays up, names each
 * offence, keeps its memory bound, leaks nothing, goes on training afterwards and reaches the
 * weights that it reaches in peace.
 *
 * <p>{@code -Dfuzz.cases=20000} sets the cases for each kind of training, instead of {@value
 * #USUAL}, {@code -Dfuzz.seed=7} the seed. A failure prints the seed of its case, which {@code
 * -Dfuzz.seed=SEED -Dfuzz.cases=1} repeats alone.
 */
@Timeout(1800)
@Tag("slow")
class FuzzTest {

  private static final int USUAL = 600;
  private static final int CASES = Integer.getInteger("fuzz.cases", USUAL);
  private static final long SEED = Long.getLong("fuzz.seed", 20261124L);
  private static final int ATTACKERS = 4;
  private static final long MEBIBYTE = 1 << 20;

  private static final long HEAP_BOUND = 32 * MEBIBYTE;

  /** The window and a message of each stream, and the memory that Netty keeps. */
  private static final long DIRECT_BOUND = 128 * MEBIBYTE;

  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<Attack, AtomicInteger> counts = new EnumMap<>(Attack.class);
  private final Map<Attack, AtomicLong> nanos = new EnumMap<>(Attack.class);
  private ServerState most;
  private ServerState left;

  private enum Training {
    FLOATS(1),
    SIGNS(1, "optimizer.name=rprop"),
    SHARDS(2),
    ASYNC(1, "optimizer.name=gd", "mode=async");

    private final int shards;
    private final String[] overrides;

    Training(int shards, String... overrides) {
      this.shards = shards;
      this.overrides = overrides;
    }

    /** Asynchronous weights depend on the team, which insiders are part of. */
    boolean isTheSameInPeace() {
      return this != ASYNC;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServerUnderAttackTrainsAsInPeace(Training training) throws Exception {
    for (Attack attack : Attack.values()) {
      counts.put(attack, new AtomicInteger());
      nanos.put(attack, new AtomicLong());
    }
    try (ServerProcess server =
        ServerProcess.start(2 * HEAP_BOUND, DIRECT_BOUND, training.shards, overrides(training))) {
      Tempo tempo = new Tempo();
      List<Wire> wires =
          IntStream.range(0, training.shards)
              .mapToObj(shard -> new Wire(server.ports().get(shard)))
              .toList();
      CompletableFuture<Finished> good = PlainWorker.paced(tempo::awaitTurn, wires).start("good");
      ManagedChannel health =
          NettyChannelBuilder.forAddress("127.0.0.1", server.ports().get(0)).usePlaintext().build();
      try (Target target = new Target(server.ports(), tempo)) {
        ServerState before = begin(server, tempo);
        attack(target, server, health);
        end(training, target, server, before);
        awaitLeases(tempo, tempo.taken() + 3);
        tempo.finish();
        ServerProcess.End end = server.interrupt();
        assertEquals("", server.log(), "nothing is an error of the server's");
        if (training.isTheSameInPeace()) {
          assertEquals(
              MadeUpJob.digest(end.version(), training.overrides), end.digest(), end::message);
        }
        good.get(20, TimeUnit.SECONDS);
        if (CASES > USUAL) {
          report(training, end);
        }
      } finally {
        health.shutdownNow();
        wires.forEach(Wire::close);
      }
    }
  }

  private static List<String> overrides(Training training) {
    List<String> overrides = new ArrayList<>(List.of(training.overrides));
    overrides.add("stop.rounds=1000000");
    return overrides;
  }

  /** Waits for the good worker's first leases: before that, any newcomer may end the job. */
  private static ServerState begin(ServerProcess server, Tempo tempo) throws Exception {
    awaitLeases(tempo, 3);
    return server.state();
  }

  /** Fails if the good worker is not leased anything for 10 s, which is a stalled training. */
  private static void awaitLeases(Tempo tempo, int leases) throws Exception {
    for (int i = 0; i < 1000 && tempo.taken() < leases; i++) {
      Thread.sleep(10);
      tempo.advance();
    }
    assertTrue(
        tempo.taken() >= leases,
        () -> "the good worker took " + tempo.taken() + " leases, expected " + leases);
  }

  private void attack(Target target, ServerProcess server, ManagedChannel health) throws Exception {
    AtomicInteger next = new AtomicInteger();
    List<Thread> attackers = new ArrayList<>();
    for (int i = 0; i < Math.min(ATTACKERS, CASES); i++) {
      Thread attacker =
          new Thread(
              () -> {
                for (int c = next.getAndIncrement();
                    c < CASES && failures.isEmpty();
                    c = next.getAndIncrement()) {
                  one(SEED + c, target);
                }
              },
              "attacker-" + i);
      attacker.start();
      attackers.add(attacker);
    }
    for (int tick = 0; attackers.stream().anyMatch(Thread::isAlive); tick++) {
      attackers.get(tick % attackers.size()).join(100);
      target.tempo().advance();
      assertServes(health);
      if (tick % 10 == 0) {
        ServerState state = server.state();
        assertWithinBounds(state);
        most = most == null ? state : most.max(state);
      }
    }
    assertEquals(List.of(), List.copyOf(failures));
  }

  private void one(long seed, Target target) {
    Random random = new Random(seed);
    Attack attack = Attack.any(random);
    long start = System.nanoTime();
    try {
      attack.run(random, target);
    } catch (Exception | AssertionError e) {
      failures.add(attack + ": " + e + "; replay with -Dfuzz.cases=1 -Dfuzz.seed=" + seed);
    }
    counts.get(attack).incrementAndGet();
    nanos.get(attack).addAndGet(System.nanoTime() - start);
  }

  private static void assertServes(ManagedChannel health) {
    assertEquals(
        ServingStatus.SERVING,
        HealthGrpc.newBlockingStub(health)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus());
  }

  private static void assertWithinBounds(ServerState state) {
    assertTrue(state.direct() <= DIRECT_BOUND, state::toString);
    assertTrue(state.heap() <= HEAP_BOUND, state::toString);
  }

  /** Everything that has ended is released; timers may hold the last of it until they expire. */
  private void end(Training training, Target target, ServerProcess server, ServerState before)
      throws Exception {
    target.close();
    ServerState after = server.state();
    for (int i = 0; i < 800 && !isQuiet(training, after); i++) {
      Thread.sleep(50);
      after = server.state();
    }
    assertTrue(isQuiet(training, after), "left behind: " + after);
    assertTrue(after.threads() <= before.threads() + 8, before + " before, " + after + " after");
    left = after;
  }

  /** The good worker's stream, and the connections of this test. */
  private static boolean isQuiet(Training training, ServerState state) {
    int streams = training.shards;
    return state.members() == 1
        && state.streams() == streams
        && state.calls() <= 2 * streams
        && state.connections() <= 2 * streams;
  }

  private void report(Training training, ServerProcess.End end) {
    System.out.println("most while attacked: " + most + "; left: " + left);
    System.out.println(training + ": " + CASES + " cases from seed " + SEED + ", " + end);
    for (Attack attack : Attack.values()) {
      int count = counts.get(attack).get();
      System.out.printf(
          "%s %d, %.1f ms each%n",
          attack, count, count == 0 ? 0 : nanos.get(attack).get() / 1e6 / count);
    }
  }
}
