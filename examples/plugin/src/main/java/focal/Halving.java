package focal;

import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RangeRule;
import io.cordee.common.rule.RoundScalars;
import io.cordee.common.rule.RuleDefinition;
import io.cordee.common.rule.RuleProvider;
import io.cordee.common.rule.Setting;
import java.util.List;
import java.util.Optional;

/** The update rule {@code halving}: gradient descent whose rate falls with the rounds. */
public final class Halving implements RuleProvider {

  @Override
  public RuleDefinition definition() {
    Setting rate = new Setting.Number("rate", 0.1, Setting.Bounds.POSITIVE, "the first rate");
    return RuleDefinition.of(
        "halving",
        "w ← w − rate/t · g",
        Optional.empty(),
        List.of(rate),
        given -> new Step(given.single("rate")));
  }

  record Step(float rate) implements RangeRule {
    @Override
    public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
      for (int i = from; i < to; i++) {
        state.next()[i] = state.current()[i] - rate / round.round() * g[i - from];
      }
    }
  }
}
