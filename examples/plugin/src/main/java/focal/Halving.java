package focal;

import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.RangeUpdate;
import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.optimizer.OptimizerDefinition;
import io.cordee.common.optimizer.OptimizerProvider;
import io.cordee.common.optimizer.Setting;
import java.util.List;
import java.util.Optional;

/** The optimizer {@code halving}: gradient descent whose rate falls with the rounds. */
public final class Halving implements OptimizerProvider {

  @Override
  public OptimizerDefinition definition() {
    Setting rate = new Setting.Number("rate", 0.1, Setting.Bounds.POSITIVE, "the first rate");
    return OptimizerDefinition.of(
        "halving",
        "w ← w − rate/t · g",
        Optional.empty(),
        List.of(rate),
        given -> new Step(given.single("rate")));
  }

  record Step(float rate) implements RangeUpdate {
    @Override
    public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
      for (int i = from; i < to; i++) {
        state.next()[i] = state.current()[i] - rate / round.round() * g[i - from];
      }
    }
  }
}
