package io.cordee.common.reduce;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One reduction along the tree: values arrive for nodes in any order and grouping, and the root's
 * value has the same bits. Siblings are added as soon as both are there.
 *
 * <p>Not thread-safe. Holds at most one value per maximal node received.
 *
 * @param <V> what is added
 */
public final class TreeReduction<V> {

  /** Adds two siblings. */
  @FunctionalInterface
  public interface Adder<V> {

    /** Left + right; may use up {@code left} for the sum. {@code right} is let go afterwards. */
    V add(V left, V right);
  }

  private final ReductionTree tree;
  private final Adder<V> adder;
  private final Consumer<V> letGo;
  private final Map<Integer, V> held = new HashMap<>();

  /**
   * @param letGo told of every value that is no longer needed: a right sibling that was added, a
   *     duplicate, a value that one above it replaced
   */
  public TreeReduction(ReductionTree tree, Adder<V> adder, Consumer<V> letGo) {
    this.tree = tree;
    this.adder = adder;
    this.letGo = letGo;
  }

  /**
   * Takes the value of a node, unless it is covered already: by its own value, or by that of a node
   * above it. Values of nodes below it are replaced.
   *
   * @return the node whose sum now holds the value, at or above {@code node}; empty if it was
   *     covered
   * @throws IllegalArgumentException if the tree has no such node
   */
  public Optional<Integer> offer(int node, V value) {
    tree.span(node);
    if (isCovered(node)) {
      letGo.accept(value);
      return Optional.empty();
    }
    dropBelow(node);
    int at = node;
    V sum = value;
    while (at != ReductionTree.ROOT) {
      V other = held.remove(ReductionTree.sibling(at));
      if (other == null) {
        break;
      }
      V left = ReductionTree.isLeft(at) ? sum : other;
      V right = ReductionTree.isLeft(at) ? other : sum;
      sum = adder.add(left, right);
      letGo.accept(right);
      at = ReductionTree.parent(at);
    }
    held.put(at, sum);
    return Optional.of(at);
  }

  /** Whether the value of this node, or of one above it, is part of what is held. */
  public boolean isCovered(int node) {
    for (int above = node; above >= ReductionTree.ROOT; above = ReductionTree.parent(above)) {
      if (held.containsKey(above)) {
        return true;
      }
    }
    return false;
  }

  public boolean isComplete() {
    return held.containsKey(ReductionTree.ROOT);
  }

  /** The value of the root, once it is complete. */
  public Optional<V> root() {
    return Optional.ofNullable(held.get(ReductionTree.ROOT));
  }

  /** Takes the value of a node out, if it is held. */
  public Optional<V> take(int node) {
    return Optional.ofNullable(held.remove(node));
  }

  private void dropBelow(int node) {
    for (Iterator<Map.Entry<Integer, V>> i = held.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<Integer, V> entry = i.next();
      if (ReductionTree.isSelfOrAncestor(node, entry.getKey())) {
        letGo.accept(entry.getValue());
        i.remove();
      }
    }
  }
}
