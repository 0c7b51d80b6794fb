package io.cordee.common.rule;

import static io.cordee.common.rule.VectorSteps.FLOATS;
import static io.cordee.common.rule.VectorSteps.L;
import static io.cordee.common.rule.VectorSteps.MAGNITUDE;
import static io.cordee.common.rule.VectorSteps.MAX;
import static io.cordee.common.rule.VectorSteps.NOTHING;
import static io.cordee.common.rule.VectorSteps.ONE;
import static io.cordee.common.rule.VectorSteps.ONE_BITS;
import static io.cordee.common.rule.VectorSteps.SIGN;
import static io.cordee.common.rule.VectorSteps.ZERO;
import static io.cordee.common.rule.VectorSteps.bits;
import static jdk.incubator.vector.VectorOperators.ASHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The steps of {@linkplain SignRule rules that move by signs}, for blocks of whole vectors. {@link
 * VectorSteps} says why they look as they do.
 */
final class VectorSignSteps {

  private VectorSignSteps() {}

  static void signSgd(Block b, float η) {
    for (int i = 0; i < b.length(); i += L) {
      IntVector g =
          FloatVector.fromArray(FLOATS, b.sums(), b.sumsFrom() + i)
              .mul(b.perRow())
              .reinterpretAsInts();
      FloatVector w = FloatVector.fromArray(FLOATS, b.current(), b.weightsFrom() + i);
      FloatVector old = FloatVector.fromArray(FLOATS, b.next(), b.weightsFrom() + i);
      FloatVector s =
          g.and(SIGN)
              .or(ONE_BITS)
              .and(NOTHING.sub(g.and(MAGNITUDE)).lanewise(ASHR, 31))
              .reinterpretAsFloats();
      IntVector next = w.sub(s.mul(η)).reinterpretAsInts();
      next.and(MAGNITUDE)
          .min(MAX)
          .or(next.and(SIGN))
          .or(old.reinterpretAsInts().and(NOTHING))
          .reinterpretAsFloats()
          .intoArray(b.next(), b.weightsFrom() + i);
    }
  }

  static void lion(Block b, float η, float β1, float β2) {
    float[] means = b.slot(0);
    for (int i = 0; i < b.length(); i += L) {
      FloatVector g = FloatVector.fromArray(FLOATS, b.sums(), b.sumsFrom() + i).mul(b.perRow());
      FloatVector w = FloatVector.fromArray(FLOATS, b.current(), b.weightsFrom() + i);
      FloatVector old = FloatVector.fromArray(FLOATS, b.next(), b.weightsFrom() + i);
      FloatVector m = FloatVector.fromArray(FLOATS, means, b.slotsFrom() + i);
      IntVector blend = m.mul(β1).add(g.mul(1 - β1)).reinterpretAsInts();
      FloatVector s =
          blend
              .and(SIGN)
              .or(ONE_BITS)
              .and(NOTHING.sub(blend.and(MAGNITUDE)).lanewise(ASHR, 31))
              .reinterpretAsFloats();
      s.intoArray(b.sums(), b.sumsFrom() + i);
      IntVector mean = m.mul(β2).add(g.mul(1 - β2)).reinterpretAsInts();
      mean.and(MAGNITUDE)
          .min(MAX)
          .or(mean.and(SIGN))
          .reinterpretAsFloats()
          .intoArray(means, b.slotsFrom() + i);
      IntVector next = w.sub(s.mul(η)).reinterpretAsInts();
      next.and(MAGNITUDE)
          .min(MAX)
          .or(next.and(SIGN))
          .or(old.reinterpretAsInts().and(NOTHING))
          .reinterpretAsFloats()
          .intoArray(b.next(), b.weightsFrom() + i);
    }
  }

  static void rprop(Block b, StepSizes sizes, float kept) {
    float[] stepSizes = b.slot(0);
    float[] signs = b.slot(1);
    IntVector least = bits(sizes.min());
    IntVector most = bits(sizes.max());
    for (int i = 0; i < b.length(); i += L) {
      IntVector g =
          FloatVector.fromArray(FLOATS, b.sums(), b.sumsFrom() + i)
              .mul(b.perRow())
              .reinterpretAsInts();
      FloatVector s =
          g.and(SIGN)
              .or(ONE_BITS)
              .and(NOTHING.sub(g.and(MAGNITUDE)).lanewise(ASHR, 31))
              .reinterpretAsFloats();
      FloatVector product = s.mul(FloatVector.fromArray(FLOATS, signs, b.slotsFrom() + i));
      FloatVector η =
          product
              .mul(sizes.α())
              .reinterpretAsInts()
              .max(product.add(ONE).add(sizes.β()).reinterpretAsInts().min(ONE_BITS))
              .reinterpretAsFloats()
              .mul(FloatVector.fromArray(FLOATS, stepSizes, b.slotsFrom() + i))
              .reinterpretAsInts()
              .min(most)
              .max(least)
              .reinterpretAsFloats();
      η.intoArray(stepSizes, b.slotsFrom() + i);
      FloatVector flip = ZERO.sub(product).reinterpretAsInts().max(NOTHING).reinterpretAsFloats();
      FloatVector not = ONE.sub(flip);
      FloatVector w = FloatVector.fromArray(FLOATS, b.current(), b.weightsFrom() + i);
      FloatVector previous = FloatVector.fromArray(FLOATS, b.next(), b.weightsFrom() + i);
      not.add(flip.mul(kept)).mul(s).add(ZERO).intoArray(signs, b.slotsFrom() + i);
      IntVector next =
          flip.mul(previous)
              .add(not.mul(w))
              .sub(not.sub(flip).mul(s).mul(η)) // the previous sign is −s where it flipped
              .reinterpretAsInts();
      next.and(MAGNITUDE)
          .min(MAX)
          .or(next.and(SIGN))
          .reinterpretAsFloats()
          .intoArray(b.next(), b.weightsFrom() + i);
    }
  }

  static void rpropPlus(Block b, StepSizes sizes, float back) {
    float[] stepSizes = b.slot(0);
    float[] signs = b.slot(1);
    IntVector least = bits(sizes.min());
    IntVector most = bits(sizes.max());
    for (int i = 0; i < b.length(); i += L) {
      IntVector g =
          FloatVector.fromArray(FLOATS, b.sums(), b.sumsFrom() + i)
              .mul(b.perRow())
              .reinterpretAsInts();
      FloatVector s =
          g.and(SIGN)
              .or(ONE_BITS)
              .and(NOTHING.sub(g.and(MAGNITUDE)).lanewise(ASHR, 31))
              .reinterpretAsFloats();
      FloatVector product = s.mul(FloatVector.fromArray(FLOATS, signs, b.slotsFrom() + i));
      FloatVector η =
          product
              .mul(sizes.α())
              .reinterpretAsInts()
              .max(product.add(ONE).add(sizes.β()).reinterpretAsInts().min(ONE_BITS))
              .reinterpretAsFloats()
              .mul(FloatVector.fromArray(FLOATS, stepSizes, b.slotsFrom() + i))
              .reinterpretAsInts()
              .min(most)
              .max(least)
              .reinterpretAsFloats();
      η.intoArray(stepSizes, b.slotsFrom() + i);
      FloatVector flip = ZERO.sub(product).reinterpretAsInts().max(NOTHING).reinterpretAsFloats();
      FloatVector not = ONE.sub(flip);
      FloatVector w = FloatVector.fromArray(FLOATS, b.current(), b.weightsFrom() + i);
      FloatVector previous = FloatVector.fromArray(FLOATS, b.next(), b.weightsFrom() + i);
      FloatVector moving = not.mul(s).add(ZERO);
      moving.intoArray(signs, b.slotsFrom() + i);
      FloatVector isBack = flip.mul(back);
      IntVector next =
          isBack.mul(previous).add(ONE.sub(isBack).mul(w)).sub(moving.mul(η)).reinterpretAsInts();
      next.and(MAGNITUDE)
          .min(MAX)
          .or(next.and(SIGN))
          .reinterpretAsFloats()
          .intoArray(b.next(), b.weightsFrom() + i);
    }
  }

  static void rpropMinus(Block b, StepSizes sizes, float pause) {
    float[] stepSizes = b.slot(0);
    float[] signs = b.slot(1);
    IntVector least = bits(sizes.min());
    IntVector most = bits(sizes.max());
    for (int i = 0; i < b.length(); i += L) {
      IntVector g =
          FloatVector.fromArray(FLOATS, b.sums(), b.sumsFrom() + i)
              .mul(b.perRow())
              .reinterpretAsInts();
      FloatVector s =
          g.and(SIGN)
              .or(ONE_BITS)
              .and(NOTHING.sub(g.and(MAGNITUDE)).lanewise(ASHR, 31))
              .reinterpretAsFloats();
      FloatVector product = s.mul(FloatVector.fromArray(FLOATS, signs, b.slotsFrom() + i));
      FloatVector η =
          product
              .mul(sizes.α())
              .reinterpretAsInts()
              .max(product.add(ONE).add(sizes.β()).reinterpretAsInts().min(ONE_BITS))
              .reinterpretAsFloats()
              .mul(FloatVector.fromArray(FLOATS, stepSizes, b.slotsFrom() + i))
              .reinterpretAsInts()
              .min(most)
              .max(least)
              .reinterpretAsFloats();
      η.intoArray(stepSizes, b.slotsFrom() + i);
      FloatVector w = FloatVector.fromArray(FLOATS, b.current(), b.weightsFrom() + i);
      FloatVector old = FloatVector.fromArray(FLOATS, b.next(), b.weightsFrom() + i);
      FloatVector moving =
          product
              .mul(pause)
              .add(ONE)
              .reinterpretAsInts()
              .min(ONE_BITS)
              .reinterpretAsFloats()
              .mul(s)
              .add(ZERO);
      moving.intoArray(signs, b.slotsFrom() + i);
      IntVector next = w.sub(moving.mul(η)).reinterpretAsInts();
      next.and(MAGNITUDE)
          .min(MAX)
          .or(next.and(SIGN))
          .or(old.reinterpretAsInts().and(NOTHING))
          .reinterpretAsFloats()
          .intoArray(b.next(), b.weightsFrom() + i);
    }
  }
}
