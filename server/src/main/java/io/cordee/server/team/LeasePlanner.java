package io.cordee.server.team;

import io.cordee.common.reduce.ReductionTree;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Shares the partitions out: to each worker a contiguous run, as long as its share of the team's
 * compute threads.
 *
 * <p>Even load and few contributions pull in different directions: a run that starts and ends
 * between subtrees is sent as several vectors. Each border may therefore move to a place where
 * larger subtrees meet, as long as no worker's load grows by more than {@value #SLACK_PERCENT} % of
 * the even one.
 */
public final class LeasePlanner {

  private static final int SLACK_PERCENT = 5;

  private final ReductionTree tree;

  public LeasePlanner(ReductionTree tree) {
    this.tree = tree;
  }

  /**
   * @param threads compute threads of each worker, at least 1 each
   * @return the partitions of each worker, in the same order; some are empty if there are more
   *     workers than partitions
   */
  public List<BitSet> share(List<Integer> threads) {
    int workers = threads.size();
    long total = threads.stream().mapToLong(Integer::longValue).sum();
    int partitions = tree.partitions();
    List<BitSet> holdings = new ArrayList<>();
    long before = 0;
    int from = 0;
    for (int w = 0; w < workers; w++) {
      before += threads.get(w);
      int even = (int) Math.round((double) partitions * before / total);
      int fewest = Math.min(threads.get(w), threads.get(Math.min(w + 1, workers - 1)));
      double share = (double) partitions * fewest / total;
      int slack = (int) (share * SLACK_PERCENT / 100 / 2);
      int to = w == workers - 1 ? partitions : border(Math.max(even, from), slack, from);
      BitSet holding = new BitSet(partitions);
      holding.set(from, to);
      holdings.add(holding);
      from = to;
    }
    return holdings;
  }

  /** As below, among workers that have room for any number. */
  public static List<BitSet> shareBySpeed(BitSet partitions, List<Double> speeds) {
    return shareBySpeed(partitions, speeds, Collections.nCopies(speeds.size(), Integer.MAX_VALUE));
  }

  /**
   * Shares these partitions among workers of different speed, so that all are done as early as
   * possible: contiguous runs, none for a worker that would take longer over one than the others
   * over all.
   *
   * @param speeds above 0
   * @param rooms the most partitions of each; some are left over if the sum is too small
   * @return the partitions of each worker, in the same order
   */
  public static List<BitSet> shareBySpeed(
      BitSet partitions, List<Double> speeds, List<Integer> rooms) {
    int[] counts = new int[speeds.size()];
    PriorityQueue<Integer> byEnd =
        new PriorityQueue<>(
            Comparator.<Integer>comparingDouble(w -> (counts[w] + 1) / speeds.get(w))
                .thenComparing(Comparator.naturalOrder()));
    for (int worker = 0; worker < counts.length; worker++) {
      if (rooms.get(worker) > 0) {
        byEnd.add(worker);
      }
    }
    for (int left = partitions.cardinality(); left > 0 && !byEnd.isEmpty(); left--) {
      int worker = byEnd.remove();
      counts[worker]++;
      if (counts[worker] < rooms.get(worker)) {
        byEnd.add(worker);
      }
    }
    List<BitSet> shares = new ArrayList<>();
    int next = partitions.nextSetBit(0);
    for (int count : counts) {
      BitSet share = new BitSet();
      for (int i = 0; i < count; i++) {
        share.set(next);
        next = partitions.nextSetBit(next + 1);
      }
      shares.add(share);
    }
    return shares;
  }

  /** The nearest place within {@code slack} of {@code even} where the largest subtrees meet. */
  private int border(int even, int slack, int least) {
    int best = even;
    for (int distance = 1; distance <= slack; distance++) {
      for (int candidate : new int[] {even - distance, even + distance}) {
        if (candidate > least && candidate < tree.partitions() && depth(candidate) < depth(best)) {
          best = candidate;
        }
      }
    }
    return best;
  }

  /** How deep below the root the nodes that end left of this border and begin right of it meet. */
  private int depth(int border) {
    if (border <= 0 || border >= tree.partitions()) {
      return 0;
    }
    int left = tree.leaf(border - 1);
    int right = tree.leaf(border);
    int depth = Math.min(bits(left), bits(right));
    int a = left >> (bits(left) - depth);
    int b = right >> (bits(right) - depth);
    while (a != b) {
      a >>= 1;
      b >>= 1;
      depth--;
    }
    return depth;
  }

  private static int bits(int node) {
    return 32 - Integer.numberOfLeadingZeros(node);
  }
}
