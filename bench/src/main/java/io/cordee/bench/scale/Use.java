package io.cordee.bench.scale;

import io.cordee.bench.scale.Stage.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long cables and processors are busy with one chunk, over all stages.
 *
 * @param processors seconds of the busiest host
 * @param cables seconds of the busiest direction of a cable
 */
record Use(double processors, double cables) {

  static Use of(List<Stage> stages, Cluster cluster) {
    Map<Role, Double> processors = new HashMap<>();
    Map<Role, Double> out = new HashMap<>();
    Map<Role, Double> in = new HashMap<>();
    for (Stage stage : stages) {
      processors.merge(stage.from(), stage.processorOfSender(cluster), Double::sum);
      processors.merge(stage.to(), stage.processorOfReceiver(cluster), Double::sum);
      out.merge(stage.from(), stage.cableOfSender(cluster), Double::sum);
      in.merge(stage.to(), stage.cableOfReceiver(cluster), Double::sum);
    }
    double ofProcessors =
        cluster.isShared()
            ? processors.entrySet().stream()
                .mapToDouble(use -> use.getKey().hosts() * use.getValue())
                .sum()
            : most(processors);
    return new Use(ofProcessors / cluster.cores(), Math.max(most(out), most(in)));
  }

  private static double most(Map<Role, Double> uses) {
    return uses.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  double busiest() {
    return Math.max(processors, cables);
  }

  /** Returns whether processors, and not cables, decide how long a round takes. */
  boolean isOfProcessors() {
    return processors > cables;
  }
}
