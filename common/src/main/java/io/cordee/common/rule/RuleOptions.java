package io.cordee.common.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a job can ask for around any rule: weight decay, clipping and a learning-rate schedule. */
record RuleOptions(WeightDecay decay, Optional<NormClip> clip) {

  /**
   * The options that make sense with a rule of these settings. Without a learning rate (the Rprop
   * family) there is nothing to schedule, no η to multiply a decoupled decay, and no effect of the
   * gradient's length.
   *
   * @param decay the usual kind of weight decay
   */
  static List<Setting> settings(List<Setting> own, String decay) {
    List<Setting> options = new ArrayList<>();
    options.add(WeightDecay.AMOUNT);
    if (own.stream().anyMatch(setting -> setting.key().equals(LearningRate.KEY))) {
      options.add(WeightDecay.kind(decay));
      options.add(NormClip.SETTING);
      options.addAll(LearningRate.SCHEDULE);
    }
    return options;
  }

  static RuleOptions of(Settings settings) {
    return new RuleOptions(WeightDecay.of(settings), NormClip.of(settings));
  }
}
