package io.cordee.common.optimizer;

import io.cordee.common.kernel.PlainFirst;
import io.cordee.common.kernel.VectorApi;
import java.util.function.Consumer;

/** An optimizer that steps a range block by block, in loops of its own. */
interface BlockUpdate extends RangeUpdate {

  Step in(RoundScalars round);

  /**
   * Writes a block's next weights and brings its slots up to date, to the same bits either way.
   *
   * @param plain in loops that HotSpot vectorises, for blocks that {@linkplain Block#hasOneIndex
   *     have one index}
   * @param vectors by the Vector API, for blocks of whole vectors
   */
  record Step(Consumer<Block> plain, Consumer<Block> vectors) {}

  /** How steps are taken: one of the two, for a range of any length. */
  @FunctionalInterface
  interface Way {

    /**
     * Parameters of a block, 16 KiB per array: blocks stay in the first-level caches over several
     * loops.
     */
    int BLOCK = 4096;

    /** Parameters to step by plain loops: a quarter of a second's, as vector loops are short. */
    long ENOUGH = 1L << 27;

    void take(Step optimizer, Block range);

    /** Plain loops first. For one user, whose steps take about as long each time. */
    static PlainFirst<Way> choice() {
      Way plain = Way::plain;
      Way vectors = VectorApi.obstacle().isPresent() ? plain : VectorSteps::take;
      return PlainFirst.of(plain, vectors, "parameters", ENOUGH);
    }

    private static void plain(Step optimizer, Block range) {
      boolean isCopied = !range.hasOneIndex();
      Block scratch = isCopied ? range.scratch(Math.min(BLOCK, range.length())) : range;
      for (int at = 0; at < range.length(); at += BLOCK) {
        Block block = range.part(at, Math.min(BLOCK, range.length() - at));
        if (isCopied) {
          Block copy = scratch.part(0, block.length());
          copy.fill(block);
          optimizer.plain().accept(copy);
          block.take(copy);
        } else {
          optimizer.plain().accept(block);
        }
      }
    }
  }

  @Override
  default void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    Way.plain(in(round), Block.of(g, 1, state, from, to));
  }
}
