package io.cordee.cli.export;

import io.cordee.common.job.Job;
import io.cordee.common.model.Layout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A trained model on its way to other programs.
 *
 * @param job that made it
 * @param parameters the parameter vector; not copied
 * @param metadata what training says of it
 */
public record Exported(Job job, float[] parameters, Map<String, String> metadata) {

  public Exported {
    metadata = Map.copyOf(metadata);
  }

  Layout layout() {
    return Layout.of(job.model());
  }

  /** What training says of it, in one order whoever writes it. */
  Map<String, String> provenance() {
    return new TreeMap<>(metadata);
  }

  /** What the job divides the features by before the network sees them. */
  double scale() {
    return job.data().train().scale();
  }

  /** The texts of the classes, by index; none if rows are labelled with the index itself. */
  List<String> classes() {
    return job.data().train().classes();
  }
}
