package io.cordee.common.rule;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import io.cordee.common.kernel.Lanes;
import io.cordee.common.rule.BlockRule.Step;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The steps of rules by the JDK's Vector API, with those of {@link VectorSignSteps}, each in one
 * loop, to the bits of the plain loops for all finite values. Java's min and max of floats are five
 * instructions on x86, as they order zeroes and keep NaN; of integers they are one, and floats that
 * are not negative are ordered as their bits.
 *
 * <p>Every operation is written out: in a method of this size, HotSpot inlines the Vector API, but
 * not methods of ours. For the same reason constants are vectors, not made where they are used. And
 * x is taken from 0, not negated, for which Java 17 now and then makes an object.
 *
 * <p>What is about to be overwritten is read, even where the rule does not need it: processors
 * fetch early what is read, and momentum waits for memory half as long.
 */
final class VectorSteps {

  static final VectorSpecies<Float> FLOATS = Lanes.species();
  static final int L = FLOATS.length();

  static final FloatVector ONE = FloatVector.broadcast(FLOATS, 1);
  static final FloatVector ZERO = FloatVector.zero(FLOATS);

  static final IntVector ALL = ZERO.reinterpretAsInts().not();
  static final IntVector ONE_BITS = bits(1);
  static final IntVector NOTHING = ZERO.reinterpretAsInts();
  static final IntVector MINUS_ONE_BITS = bits(-1);
  static final IntVector SIGN = bits(-0f);
  static final IntVector MAGNITUDE = SIGN.not();
  static final IntVector MAX = bits(Float.MAX_VALUE);

  private VectorSteps() {}

  static IntVector bits(float x) {
    return FloatVector.broadcast(FLOATS, x).reinterpretAsInts();
  }

  /** Takes a step of any number of parameters: the last few in a copy that fills a vector. */
  static void take(Step rule, Block range) {
    int whole = FLOATS.loopBound(range.length());
    if (whole > 0) {
      rule.vectors().accept(range.part(0, whole));
    }
    if (whole < range.length()) {
      Block rest = range.part(whole, range.length() - whole);
      Block copy = rest.scratch(L);
      copy.fill(rest);
      rule.vectors().accept(copy);
      rest.take(copy);
    }
  }

  // ---- rules: each for a block of whole vectors ----

  static void gradientDescent(Block b, float η) {
    for (int i = 0; i < b.length(); i += L) {
      FloatVector g = FloatVector.fromArray(FLOATS, b.sums(), b.sumsFrom() + i).mul(b.perRow());
      FloatVector w = FloatVector.fromArray(FLOATS, b.current(), b.weightsFrom() + i);
      FloatVector old = FloatVector.fromArray(FLOATS, b.next(), b.weightsFrom() + i);
      IntVector next = w.sub(g.mul(η)).reinterpretAsInts();
      next.and(MAGNITUDE)
          .min(MAX)
          .or(next.and(SIGN))
          .or(old.reinterpretAsInts().and(NOTHING))
          .reinterpretAsFloats()
          .intoArray(b.next(), b.weightsFrom() + i);
    }
  }

  static void momentum(Block b, float η, float β) {
    float[] steps = b.slot(0);
    for (int i = 0; i < b.length(); i += L) {
      FloatVector g = FloatVector.fromArray(FLOATS, b.sums(), b.sumsFrom() + i).mul(b.perRow());
      FloatVector w = FloatVector.fromArray(FLOATS, b.current(), b.weightsFrom() + i);
      FloatVector old = FloatVector.fromArray(FLOATS, b.next(), b.weightsFrom() + i);
      FloatVector last = FloatVector.fromArray(FLOATS, steps, b.slotsFrom() + i);
      IntVector step = last.mul(β).sub(g.mul(η)).reinterpretAsInts();
      FloatVector Δ = step.and(MAGNITUDE).min(MAX).or(step.and(SIGN)).reinterpretAsFloats();
      Δ.intoArray(steps, b.slotsFrom() + i);
      IntVector next = w.add(Δ).reinterpretAsInts();
      next.and(MAGNITUDE)
          .min(MAX)
          .or(next.and(SIGN))
          .or(old.reinterpretAsInts().and(NOTHING))
          .reinterpretAsFloats()
          .intoArray(b.next(), b.weightsFrom() + i);
    }
  }

  static void rmsProp(Block b, float η, float γ, float ε) {
    float[] meanSquares = b.slot(0);
    for (int i = 0; i < b.length(); i += L) {
      FloatVector g = FloatVector.fromArray(FLOATS, b.sums(), b.sumsFrom() + i).mul(b.perRow());
      FloatVector w = FloatVector.fromArray(FLOATS, b.current(), b.weightsFrom() + i);
      FloatVector old = FloatVector.fromArray(FLOATS, b.next(), b.weightsFrom() + i);
      FloatVector v = FloatVector.fromArray(FLOATS, meanSquares, b.slotsFrom() + i);
      FloatVector square = g.mul(g).reinterpretAsInts().min(MAX).reinterpretAsFloats();
      v = v.mul(γ).add(square.mul(1 - γ)).reinterpretAsInts().min(MAX).reinterpretAsFloats();
      v.intoArray(meanSquares, b.slotsFrom() + i);
      IntVector ratio = g.div(v.sqrt().add(ε)).reinterpretAsInts();
      FloatVector direction =
          ratio.and(MAGNITUDE).min(MAX).or(ratio.and(SIGN)).reinterpretAsFloats();
      IntVector next = w.sub(direction.mul(η)).reinterpretAsInts();
      next.and(MAGNITUDE)
          .min(MAX)
          .or(next.and(SIGN))
          .or(old.reinterpretAsInts().and(NOTHING))
          .reinterpretAsFloats()
          .intoArray(b.next(), b.weightsFrom() + i);
    }
  }

  static void adam(Block b, float η, float δ, float γ, float toMeanSquare, float ε) {
    float[] means = b.slot(0);
    float[] meanSquares = b.slot(1);
    for (int i = 0; i < b.length(); i += L) {
      FloatVector g = FloatVector.fromArray(FLOATS, b.sums(), b.sumsFrom() + i).mul(b.perRow());
      FloatVector w = FloatVector.fromArray(FLOATS, b.current(), b.weightsFrom() + i);
      FloatVector old = FloatVector.fromArray(FLOATS, b.next(), b.weightsFrom() + i);
      FloatVector m = FloatVector.fromArray(FLOATS, means, b.slotsFrom() + i);
      FloatVector v = FloatVector.fromArray(FLOATS, meanSquares, b.slotsFrom() + i);
      IntVector mean = m.mul(δ).add(g.mul(1 - δ)).reinterpretAsInts();
      m = mean.and(MAGNITUDE).min(MAX).or(mean.and(SIGN)).reinterpretAsFloats();
      FloatVector square = g.mul(g).reinterpretAsInts().min(MAX).reinterpretAsFloats();
      v = v.mul(γ).add(square.mul(1 - γ)).reinterpretAsInts().min(MAX).reinterpretAsFloats();
      m.intoArray(means, b.slotsFrom() + i);
      v.intoArray(meanSquares, b.slotsFrom() + i);
      FloatVector unbiased = v.mul(toMeanSquare).reinterpretAsInts().min(MAX).reinterpretAsFloats();
      IntVector direction = m.div(unbiased.sqrt().add(ε)).reinterpretAsInts();
      IntVector next =
          w.sub(
                  direction
                      .and(MAGNITUDE)
                      .min(MAX)
                      .or(direction.and(SIGN))
                      .reinterpretAsFloats()
                      .mul(η))
              .reinterpretAsInts();
      next.and(MAGNITUDE)
          .min(MAX)
          .or(next.and(SIGN))
          .or(old.reinterpretAsInts().and(NOTHING))
          .reinterpretAsFloats()
          .intoArray(b.next(), b.weightsFrom() + i);
    }
  }

  static void quickprop(Block b, float η, float μ, float longest, float lift) {
    float[] gradients = b.slot(0);
    float[] steps = b.slot(1);
    float bound = μ / (1 + μ);
    IntVector far = bits(μ);
    IntVector farBack = far.not(); // −μ in the order of floats
    IntVector most = bits(longest);
    FloatVector high = FloatVector.broadcast(FLOATS, lift);
    for (int i = 0; i < b.length(); i += L) {
      FloatVector g = FloatVector.fromArray(FLOATS, b.sums(), b.sumsFrom() + i).mul(b.perRow());
      FloatVector w = FloatVector.fromArray(FLOATS, b.current(), b.weightsFrom() + i);
      FloatVector old = FloatVector.fromArray(FLOATS, b.next(), b.weightsFrom() + i);
      FloatVector last = FloatVector.fromArray(FLOATS, gradients, b.slotsFrom() + i);
      FloatVector Δ = FloatVector.fromArray(FLOATS, steps, b.slotsFrom() + i);
      // the factor: the larger of two floats of any sign, by integers in their order
      IntVector move = Δ.reinterpretAsInts();
      IntVector isMove = NOTHING.sub(move.and(MAGNITUDE)).lanewise(ASHR, 31);
      FloatVector down =
          move.and(SIGN).lanewise(XOR, MINUS_ONE_BITS).and(isMove).reinterpretAsFloats();
      FloatVector s = g.mul(down);
      FloatVector p = last.mul(down);
      IntVector either = s.reinterpretAsInts().or(p.reinterpretAsInts()).and(MAGNITUDE);
      IntVector areNone = NOTHING.sub(either).lanewise(ASHR, 31).lanewise(XOR, ALL).and(ONE_BITS);
      IntVector beyond = s.sub(p.mul(bound)).mul(high).mul(high).reinterpretAsInts();
      IntVector quotient = s.div(p.sub(s).add(areNone.reinterpretAsFloats())).reinterpretAsInts();
      IntVector larger =
          beyond
              .lanewise(ASHR, 31)
              .and(MAGNITUDE)
              .lanewise(XOR, beyond)
              .max(quotient.lanewise(ASHR, 31).and(MAGNITUDE).lanewise(XOR, quotient))
              .max(farBack)
              .min(far);
      FloatVector factor =
          larger.lanewise(ASHR, 31).and(MAGNITUDE).lanewise(XOR, larger).reinterpretAsFloats();
      // the linear part: g where it has kept its sign, or where there was no step
      IntVector slope = g.reinterpretAsInts();
      IntVector before = last.reinterpretAsInts();
      IntVector isSame = slope.lanewise(XOR, before).lanewise(ASHR, 31).lanewise(XOR, ALL);
      IntVector isKept = NOTHING.sub(before.and(MAGNITUDE)).lanewise(ASHR, 31).and(isSame);
      FloatVector linear = slope.and(isKept.or(isMove.lanewise(XOR, ALL))).reinterpretAsFloats();
      // the step
      IntVector step = factor.mul(Δ).sub(linear.mul(η)).reinterpretAsInts();
      Δ = step.and(MAGNITUDE).min(most).or(step.and(SIGN)).reinterpretAsFloats().add(ZERO);
      g.intoArray(gradients, b.slotsFrom() + i);
      Δ.intoArray(steps, b.slotsFrom() + i);
      IntVector next = w.add(Δ).reinterpretAsInts();
      next.and(MAGNITUDE)
          .min(MAX)
          .or(next.and(SIGN))
          .or(old.reinterpretAsInts().and(NOTHING))
          .reinterpretAsFloats()
          .intoArray(b.next(), b.weightsFrom() + i);
    }
  }
}
