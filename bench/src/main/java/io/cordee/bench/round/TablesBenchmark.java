package io.cordee.bench.round;

import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import io.cordee.bench.report.Turns;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Tally;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import io.cordee.common.wire.GradientFormat;
import io.cordee.common.wire.NodeRounding;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.Keeper;
import io.cordee.server.round.Parallel;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.SparseContribution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Steps of a table by Adam whose late rows catch up, beside lazy ones, which leave these out. */
public final class TablesBenchmark {

  private static final int DIM = 16;
  private static final int SPREAD = 0x3C6EF373;

  private final Table table;
  private final Chunks chunks;
  private final int touched;
  private final Optimizer optimizer;

  private TablesBenchmark(int rows, int touched) {
    this.table = new Table(0, rows, DIM);
    this.chunks = Chunks.of(table.end(), 1);
    this.touched = touched;
    this.optimizer =
        Optimizer.of(OptimizerCatalog.find("adam").orElseThrow().with(Map.of()), table.end());
  }

  public static void run(Report report) throws IOException {
    int touched = report.choose(75_000, 500);
    Turns turns = report.choose(new Turns(60, 9, 60), Turns.QUICK);
    for (int rows : report.choose(List.of(1_000_000, 4_000_000), List.of(5_000))) {
      TablesBenchmark of = new TablesBenchmark(rows, touched);
      String name =
          "%s rows of %d, %s touched".formatted(Report.count(rows), DIM, Report.count(touched));
      var pairs = turns.take(of.lazy(), of.exact()).times(1e3);
      report.add(name, "lazy", "ms/round", pairs, Bar.atMost(2.5));
    }
  }

  private SavedState start() {
    return SavedState.start(new float[chunks.parameters()], chunks, optimizer.slots());
  }

  /** What a round brings, by chunk; the same to both. */
  private List<SparseContribution> round(int version) {
    SplittableRandom random = new SplittableRandom(version);
    BitSet rows = new BitSet(table.rows());
    while (rows.cardinality() < touched) {
      for (int i = rows.cardinality(); i < touched; i++) {
        long id = (long) Math.pow(table.rows(), random.nextDouble()); // some far more often
        rows.set((int) (id * SPREAD % table.rows())); // not side by side
      }
    }
    int[] all = rows.stream().toArray();
    List<SparseContribution> sums = new ArrayList<>();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      Subvector part = Subvector.of(table.from(chunks.from(chunk)), chunks.size(chunk), all);
      float[] values = new float[part.values()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      Tally tally = new Tally(1, 1, 0, 0);
      sums.add(new SparseContribution(version, ReductionTree.ROOT, chunk, tally, values, part));
    }
    return sums;
  }

  /** As the server steps. */
  private Turns.Work exact() {
    RoundBoard board =
        new RoundBoard(
            optimizer,
            new NodeRounding(GradientFormat.FLOAT32, chunks),
            new ReductionTree(1),
            start(),
            new BufferPool(),
            new Cadence(0, false, 1, Optional.of(table)),
            Keeper.NONE,
            Parallel.NONE);
    return rounds -> {
      long nanos = 0;
      for (int i = 0; i < rounds; i++) {
        round(board.version()).forEach(board::offer);
        board.apply(0);
        long begin = System.nanoTime();
        board.step(board.claim());
        nanos += System.nanoTime() - begin;
        board.advance();
      }
      return nanos / 1e9 / rounds;
    };
  }

  private Turns.Work lazy() {
    List<ParameterState> states = start().chunks();
    int[] version = {0};
    return rounds -> {
      long nanos = 0;
      for (int i = 0; i < rounds; i++) {
        List<SparseContribution> sums = round(version[0]);
        RoundScalars scalars = new RoundScalars(++version[0], 1, 1, 1);
        long begin = System.nanoTime();
        for (SparseContribution its : sums) {
          Subvector part = its.part();
          ParameterState state = states.get(its.chunk());
          ParameterState own = state.map(part::taken);
          optimizer.step(scalars, its.sums(), own, 0, part.values());
          part.put(own.next(), state.current());
          for (int slot = 0; slot < own.slots().length; slot++) {
            part.put(own.slots()[slot], state.slots()[slot]);
          }
        }
        nanos += System.nanoTime() - begin;
      }
      return nanos / 1e9 / rounds;
    };
  }
}
