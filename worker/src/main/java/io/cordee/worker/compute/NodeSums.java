package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.Sums;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Adds the sums of nodes, and uses their arrays again. Any thread may call.
 *
 * <p>Memory: as many sums as were ever in use at a time.
 */
final class NodeSums implements TreeReduction.Adder<NodeSums.NodeSum> {

  /**
   * Those of a node.
   *
   * @param part what of the vector the sums are of; empty if all
   */
  record NodeSum(Tally tally, Sums sums, Optional<Subvector> part) {

    /** That of an element of the sums. */
    int parameter(int at) {
      return part.map(touched -> touched.parameter(at)).orElse(at);
    }

    /** The same sums, with 0 for what else belongs to a larger part. */
    Sums widened(Subvector larger) {
      if (part.isEmpty() || part.get().values() == larger.values()) {
        return sums;
      }
      Sums all = new Sums(larger.values(), 1);
      part.get().put(sums.gradient(), larger, all.gradient());
      return all;
    }
  }

  private final NodeRounding rounding;
  private final ArrayDeque<Sums> free = new ArrayDeque<>();

  NodeSums(NodeRounding rounding) {
    this.rounding = rounding;
  }

  /** Of a part of the vector, or of all of it; with any content. */
  Sums take(Optional<Subvector> part) {
    if (part.isPresent()) {
      return new Sums(part.get().values(), 1);
    }
    Sums sums;
    synchronized (free) {
      sums = free.pollLast();
    }
    return sums == null
        ? new Sums(rounding.chunks().parameters(), rounding.chunks().width())
        : sums;
  }

  /** Into the left one's arrays, unless these are of too small a part. */
  @Override
  public NodeSum add(NodeSum left, NodeSum right) {
    Tally tally = left.tally.plus(right.tally);
    if (left.part.isPresent()) {
      Subvector own = left.part.get();
      Subvector others = right.part.orElseThrow();
      Subvector both = own.and(others.rows());
      Sums sums = both == own ? left.sums : new Sums(both.values(), 1);
      both.sum(own, left.sums.gradient(), others, right.sums.gradient(), sums.gradient());
      return new NodeSum(tally, sums, Optional.of(both));
    }
    left.sums.add(right.sums);
    rounding.round(left.sums);
    return new NodeSum(tally, left.sums, left.part);
  }

  /** Arrays of parts, which have any length, are not used again. */
  void giveBack(NodeSum sum) {
    if (sum.part.isEmpty()) {
      synchronized (free) {
        free.addLast(sum.sums);
      }
    }
  }
}
