package io.cordee.common.reduce;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The fixed binary tree over partitions 0..P−1 along which contributions are added, left + right.
 *
 * <p>Nodes are numbered as in a heap: 1 is the root, 2i and 2i + 1 are the children of i. A node of
 * n partitions gives the first ⌈n/2⌉ to its left child; a node of one partition is a leaf. So a
 * team of 2^k workers that share the partitions evenly holds one whole subtree each.
 */
public record ReductionTree(int partitions) {

  public static final int ROOT = 1;

  public ReductionTree {
    if (partitions < 1 || partitions > 1 << 20) {
      throw new IllegalArgumentException("partitions must be 1 to 1048576; found " + partitions);
    }
  }

  /** The partitions [from, to) below a node. */
  public record Span(int from, int to) {

    public int size() {
      return to - from;
    }

    private int middle() {
      return from + (size() + 1) / 2;
    }

    private Span left() {
      return new Span(from, middle());
    }

    private Span right() {
      return new Span(middle(), to);
    }
  }

  public static int left(int node) {
    return 2 * node;
  }

  public static int right(int node) {
    return 2 * node + 1;
  }

  public static int parent(int node) {
    return node / 2;
  }

  public static int sibling(int node) {
    return node ^ 1;
  }

  /** Returns whether {@code above} is {@code node} itself or lies on its way to the root. */
  public static boolean isSelfOrAncestor(int above, int node) {
    int levels = Integer.numberOfLeadingZeros(above) - Integer.numberOfLeadingZeros(node);
    return levels >= 0 && node >> levels == above;
  }

  public boolean contains(int node) {
    return node >= ROOT && find(node) != null;
  }

  /**
   * @throws IllegalArgumentException if there is no such node
   */
  public Span span(int node) {
    Span span = node < ROOT ? null : find(node);
    if (span == null) {
      throw new IllegalArgumentException(
          "no node " + node + " in a tree over " + partitions + " partitions");
    }
    return span;
  }

  /**
   * How many of N rows are below a node: partition p is rows p·N/P to before (p+1)·N/P, rounded
   * down.
   *
   * @param total the N, at most 2^42
   * @throws IllegalArgumentException if there is no such node
   */
  public long rows(int node, long total) {
    Span span = span(node);
    return start(span.to(), total) - start(span.from(), total);
  }

  private long start(int partition, long total) {
    return Math.multiplyExact(total, partition) / partitions;
  }

  private Span find(int node) {
    Span span = new Span(0, partitions);
    for (int bit = Integer.highestOneBit(node) >> 1; bit > 0; bit >>= 1) {
      if (span.size() == 1) {
        return null;
      }
      span = (node & bit) == 0 ? span.left() : span.right();
    }
    return span;
  }

  public int leaf(int partition) {
    if (partition < 0 || partition >= partitions) {
      throw new IllegalArgumentException("no partition " + partition + " of " + partitions);
    }
    int node = ROOT;
    Span span = new Span(0, partitions);
    while (span.size() > 1) {
      boolean goesLeft = partition < span.middle();
      span = goesLeft ? span.left() : span.right();
      node = goesLeft ? left(node) : right(node);
    }
    return node;
  }

  /** The fewest nodes that hold exactly these partitions, from left to right. */
  public List<Integer> maximalNodes(BitSet held) {
    List<Integer> nodes = new ArrayList<>();
    collect(ROOT, new Span(0, partitions), held, nodes);
    return nodes;
  }

  private static void collect(int node, Span span, BitSet held, List<Integer> nodes) {
    int first = held.nextSetBit(span.from());
    if (first < 0 || first >= span.to()) {
      return;
    }
    if (held.nextClearBit(span.from()) >= span.to()) {
      nodes.add(node);
      return;
    }
    collect(left(node), span.left(), held, nodes);
    collect(right(node), span.right(), held, nodes);
  }
}
