package io.cordee.common.rule;

import io.cordee.common.kernel.PlainFirst;
import io.cordee.common.kernel.VectorApi;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A rule that steps a range block by block, in loops of its own. */
interface BlockRule extends RangeRule {

  /** What the rule does in this round. */
  Step in(RoundScalars round);

  /**
   * Writes a block's next weights and brings its slots up to date, to the same bits either way.
   *
   * @param plain in loops that HotSpot vectorises, for blocks that {@linkplain Block#hasOneIndex
   *     have one index}
   * @param vectors in a loop of {@link VectorSteps}
   */
  record Step(Consumer<Block> plain, Consumer<Block> vectors) {}

  @Override
  default void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    step(in(round), Block.of(g, 1, state, from, to));
  }

  /** Takes a step of any number of parameters. */
  static void step(Step rule, Block range) {
    Way.CHOICE.run(range.length(), way -> way.accept(rule, range));
  }

  /** How steps are taken. */
  final class Way {

    /** Of 16 KiB per array: blocks that stay in the first-level caches over several loops. */
    static final int BLOCK = 4096;

    /** Parameters stepped by plain loops that take a quarter of a second. */
    private static final long ENOUGH = 1L << 27;

    private static final BiConsumer<Step, Block> PLAIN = Way::plain;

    private static final PlainFirst<BiConsumer<Step, Block>> CHOICE =
        PlainFirst.of(
            PLAIN,
            VectorApi.obstacle().isPresent() ? PLAIN : VectorSteps::take,
            "parameters",
            ENOUGH);

    private Way() {}

    private static void plain(Step rule, Block range) {
      for (int at = 0; at < range.length(); at += BLOCK) {
        Block block = range.part(at, Math.min(BLOCK, range.length() - at));
        if (block.hasOneIndex()) {
          rule.plain().accept(block);
        } else {
          Block copy = block.copied(block.length());
          rule.plain().accept(copy);
          block.take(copy);
        }
      }
    }
  }
}
