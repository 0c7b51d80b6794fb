package io.cordee.server.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Slices;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.BoardWeights;
import io.cordee.server.round.Boards;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.Plan;
import io.cordee.server.team.RoundLeases;
import io.cordee.server.team.Work;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Three workers, four partitions, two rounds: every event in every order, with one worker that
 * dies, is given up or is late at any time. The weights are those of one quiet worker.
 */
@Timeout(60)
class EveryInterleavingTest {

  private static final int PARTITIONS = 4;
  private static final int ROUNDS = 2;
  private static final int PARAMETERS = 4;

  private static final long LONG = 1_000_000_000;

  private static final OptimizerSpec OPTIMIZER =
      JobFile.parse(
              "name: optimizer\nmodel: {layers: [64, 10]}\ndata: digits\noptimizer: {name: rprop}",
              "optimizer.yaml",
              List.of())
          .optimizer();
  private static final ReductionTree TREE = new ReductionTree(PARTITIONS);

  private enum Misfortune {
    /** Its connection breaks: what it has not sent never comes. */
    DIES,
    /** Its leases move; what it sends may still arrive. */
    IS_GIVEN_UP,
    /** Others are asked for what it owes, too. */
    IS_LATE
  }

  private enum Order {
    /** In the order in which each worker sent it. */
    BY_WORKER,
    ANY
  }

  private sealed interface Event {
    record Delivery(int index) implements Event {}

    record Bad(WorkerId worker, Misfortune misfortune) implements Event {}
  }

  private record Message(WorkerId worker, int version, int node, int chunk) {}

  @ParameterizedTest
  @CsvSource({
    "1, ANY, DIES",
    "1, ANY, IS_GIVEN_UP",
    "1, ANY, IS_LATE",
    "2, BY_WORKER, DIES",
    "2, BY_WORKER, IS_GIVEN_UP",
    "2, BY_WORKER, IS_LATE",
    "2, ANY, DIES"
  })
  void everythingThatCanHappenEndsWithTheSameWeights(
      int chunks, Order order, Misfortune misfortune) {
    explore(chunks, order, misfortune);
  }

  private static void explore(int chunks, Order order, Misfortune misfortune) {
    float[] quiet = quietly(chunks);
    Set<String> seen = new HashSet<>();
    int ends = search(List.of(), chunks, order, misfortune, quiet, seen);
    assertTrue(ends > 0 && seen.size() > 50, "explored " + seen.size() + " situations");
  }

  /** Explores every continuation, and each situation once. */
  private static int search(
      List<Event> path,
      int chunks,
      Order order,
      Misfortune misfortune,
      float[] quiet,
      Set<String> seen) {
    Situation here = new Situation(chunks);
    path.forEach(here::happen);
    if (!seen.add(here.fingerprint())) {
      return 0;
    }
    if (here.board.version() == ROUNDS) {
      assertArrayEquals(quiet, BoardWeights.of(here.board, ROUNDS), () -> path.toString());
      return 1;
    }
    List<Event> next = here.possible(order, misfortune);
    assertTrue(
        next.stream().anyMatch(Event.Delivery.class::isInstance), () -> "it is stuck: " + path);
    int ends = 0;
    for (Event event : next) {
      List<Event> further = new ArrayList<>(path);
      further.add(event);
      ends += search(further, chunks, order, misfortune, quiet, seen);
    }
    return ends;
  }

  private static float[] quietly(int chunks) {
    Situation alone = new Situation(chunks);
    while (alone.board.version() < ROUNDS) {
      alone.happen(new Event.Delivery(0));
    }
    return BoardWeights.of(alone.board, ROUNDS);
  }

  /** Rebuilt from the start for each path, event by event. */
  private static final class Situation {

    final RoundBoard board;
    private final int chunkCount;
    private final MadeUpWork work;
    private final Set<WorkerId> asked = new HashSet<>();
    private final List<WorkerId> connected = new ArrayList<>();
    private final List<WorkerId> able = new ArrayList<>();
    private final List<Message> sent = new ArrayList<>();
    private final Map<WorkerId, BitSet> holdings = new LinkedHashMap<>();
    private final Map<Integer, BitSet> covered = new TreeMap<>();
    private final Work.Progress progress =
        new Work.Progress() {
          @Override
          public boolean isComputed(int partition) {
            return board.isCovered(partition);
          }

          @Override
          public boolean isMeasured(int slice) {
            return true;
          }
        };
    private RoundLeases leases;
    private boolean isBad;
    private long now;

    Situation(int chunkCount) {
      this.chunkCount = chunkCount;
      Optimizer optimizer = Optimizer.of(OPTIMIZER, PARAMETERS);
      Chunks chunks = new Chunks(PARAMETERS, PARAMETERS / chunkCount, optimizer.width());
      float[] initial = {0.3f, -0.1f, 0.7f, 1.1f};
      board =
          Boards.fresh(
              optimizer,
              chunks,
              TREE,
              initial,
              new BufferPool(),
              new Cadence(0, false, 1, Optional.empty()));
      work = new MadeUpWork(chunks, TREE);
      // One, two and one: the second worker sends two sums, from different subtrees.
      int[][] shares = {{0}, {1, 2}, {3}};
      for (int w = 0; w < shares.length; w++) {
        WorkerId worker = new WorkerId(w + 1, "w" + (w + 1));
        BitSet holding = new BitSet();
        for (int partition : shares[w]) {
          holding.set(partition);
        }
        holdings.put(worker, holding);
        connected.add(worker);
        able.add(worker);
      }
      beginRound();
    }

    private void beginRound() {
      leases =
          new RoundLeases(
              PARTITIONS, Slices.NONE, chunkCount, worker -> DataFound.ALL, worker -> false);
      covered.clear();
      asked.clear();
      lease();
    }

    private void lease() {
      Map<WorkerId, BitSet> plan = new LinkedHashMap<>(holdings);
      plan.keySet().retainAll(able);
      ask(leases.assign(new Plan(1, plan), worker -> 1, progress, now));
    }

    private void ask(Map<WorkerId, Work> works) {
      works.forEach(
          (worker, lease) -> {
            asked.add(worker);
            for (int node : TREE.maximalNodes(lease.partitions())) {
              for (int chunk = 0; chunk < chunkCount; chunk++) {
                sent.add(new Message(worker, board.version(), node, chunk));
              }
            }
          });
    }

    List<Event> possible(Order order, Misfortune misfortune) {
      List<Event> events = new ArrayList<>();
      Set<Object> first = new HashSet<>();
      for (int i = 0; i < sent.size(); i++) {
        if (first.add(order == Order.ANY ? sent.get(i) : sent.get(i).worker())) {
          events.add(new Event.Delivery(i));
        }
      }
      if (!isBad) {
        connected.forEach(worker -> events.add(new Event.Bad(worker, misfortune)));
      }
      return events;
    }

    void happen(Event event) {
      now++;
      if (event instanceof Event.Delivery delivery) {
        deliver(sent.remove(delivery.index()));
      } else if (event instanceof Event.Bad bad) {
        happen(bad.worker(), bad.misfortune());
      }
    }

    private void happen(WorkerId worker, Misfortune misfortune) {
      isBad = true;
      switch (misfortune) {
        case DIES -> {
          connected.remove(worker);
          sent.removeIf(message -> message.worker().equals(worker));
          giveUp(worker);
        }
        case IS_GIVEN_UP -> giveUp(worker);
        case IS_LATE -> {
          // A worker is late if the others have long been done.
          Map<WorkerId, Work> more = leases.backUp(able, w -> 1, progress, now + LONG);
          if (more.isEmpty()) {
            isBad = false;
            return;
          }
          ask(more);
        }
      }
    }

    private void giveUp(WorkerId worker) {
      able.remove(worker);
      leases.release(worker);
      lease();
    }

    private void deliver(Message message) {
      BitSet before = covered.computeIfAbsent(message.chunk(), c -> new BitSet());
      ReductionTree.Span span = TREE.span(message.node());
      if (message.version() == board.version()) {
        before.set(span.from(), span.to());
        leases.came(message.worker(), span.size(), now);
      }
      float[] part = new float[board.chunks().contributionSize(message.chunk())];
      // Those of a round that is over are dropped, whatever they are.
      float[] at = BoardWeights.of(board, board.version());
      work.copyPart(sum(message.node(), at), message.chunk(), part);
      board.offer(
          new DenseContribution(
              message.version(),
              message.node(),
              message.chunk(),
              work.tally(message.version(), message.node()),
              part));
      board.apply(0);
      board.step(board.claim());
      if (board.isStepped()) {
        board.advance();
        if (board.version() < ROUNDS) {
          beginRound();
        }
      }
    }

    private float[] sum(int node, float[] at) {
      ReductionTree.Span span = TREE.span(node);
      if (span.size() == 1) {
        return work.sums(at, span.from());
      }
      float[] left = sum(ReductionTree.left(node), at);
      Vectors.add(left, sum(ReductionTree.right(node), at), left.length);
      return left;
    }

    /** Equal for situations with the same continuations. */
    String fingerprint() {
      List<String> messages = sent.stream().map(Message::toString).sorted().toList();
      StringBuilder owed = new StringBuilder();
      for (WorkerId worker : holdings.keySet()) {
        owed.append(leases.isOpen(worker)).append(leases.isAsked(worker));
      }
      return board.version() + " " + covered + messages + able + connected + isBad + owed + asked;
    }
  }
}
