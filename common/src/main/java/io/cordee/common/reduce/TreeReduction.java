package io.cordee.common.reduce;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One reduction along the tree: values arrive for nodes in any order and grouping, and the root's
 * value has the same bits. Siblings are added as soon as both are there; with a {@link QuadAdder},
 * two siblings wait for the two next to them if those can still be added in the same pass.
 *
 * <p>Not thread-safe. Holds at most one value per maximal node received.
 *
 * @param <V> what is added
 */
public final class TreeReduction<V> {

  @FunctionalInterface
  public interface Adder<V> {

    /** Left + right; may use up {@code left} for the sum. {@code right} is let go afterwards. */
    V add(V left, V right);
  }

  /** Can also add two pairs of siblings in one pass, so that no sum in between goes to memory. */
  public interface QuadAdder<V> extends Adder<V> {

    /** (a + b) + (c + d); may use up {@code a} for the sum. The others are let go afterwards. */
    V add(V a, V b, V c, V d);
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
    held.put(node, value);
    return Optional.of(adder instanceof QuadAdder<V> quads ? addFours(node, quads) : addUp(node));
  }

  /** Adds siblings from this node upwards, as far as they are there; returns the sum's node. */
  private int addUp(int node) {
    int at = node;
    while (at != ReductionTree.ROOT && held.containsKey(ReductionTree.sibling(at))) {
      at = addPair(ReductionTree.parent(at));
    }
    return at;
  }

  /**
   * As above, but the children of a node and of its sibling are added in one pass. A pair of
   * children waits while its parent's sibling is not held and cannot be added from its own
   * children. When the last value arrives, nothing waits any more: it finds its sibling, or the
   * sibling's children, and goes on from there.
   */
  private int addFours(int node, QuadAdder<V> quads) {
    int at = node;
    while (at != ReductionTree.ROOT) {
      int sibling = ReductionTree.sibling(at);
      if (hasChildren(sibling)) {
        addPair(sibling);
      }
      if (!held.containsKey(sibling)) {
        return at;
      }
      int parent = ReductionTree.parent(at);
      int beside = ReductionTree.sibling(parent);
      if (parent == ReductionTree.ROOT || held.containsKey(beside)) {
        at = addPair(parent);
      } else if (hasChildren(beside)) {
        at = addFour(ReductionTree.parent(parent), quads);
      } else {
        return at;
      }
    }
    return at;
  }

  private boolean hasChildren(int node) {
    return held.containsKey(ReductionTree.left(node))
        && held.containsKey(ReductionTree.right(node));
  }

  private int addPair(int parent) {
    V left = held.remove(ReductionTree.left(parent));
    V right = held.remove(ReductionTree.right(parent));
    held.put(parent, adder.add(left, right));
    letGo.accept(right);
    return parent;
  }

  private int addFour(int grandparent, QuadAdder<V> quads) {
    int left = ReductionTree.left(grandparent);
    int right = ReductionTree.right(grandparent);
    V a = held.remove(ReductionTree.left(left));
    V b = held.remove(ReductionTree.right(left));
    V c = held.remove(ReductionTree.left(right));
    V d = held.remove(ReductionTree.right(right));
    held.put(grandparent, quads.add(a, b, c, d));
    letGo.accept(b);
    letGo.accept(c);
    letGo.accept(d);
    return grandparent;
  }

  /** Returns whether the value of this node, or of one above it, is part of what is held. */
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

  /**
   * Takes the value of a node out, if it is held; with a {@link QuadAdder}, only the root's is sure
   * to be, once all below it have come.
   */
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
