package io.cordee.server.checkpoint;

import java.util.List;

/**
 * What a shard has kept.
 *
 * @param job as YAML; empty if there is nothing
 * @param versions of that job that it can resume from
 */
public record KeptVersions(String job, List<Versions> versions) {

  /** Nothing but the start of whatever job. */
  public static final KeptVersions NONE = new KeptVersions("", List.of());
}
