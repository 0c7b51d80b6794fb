package io.cordee.server.training;

import io.cordee.server.team.WorkerId;

/** Counts the chunks of replicas that were sent anew. */
public final class Healings {

  private int count;

  /**
   * One more.
   *
   * @param chunk numbered over the whole vector
   * @return what to say of it
   */
  public String add(WorkerId worker, int chunk, int version) {
    count++;
    return String.format(
        "%s: its replica of chunk %d differs from the server's at version %d; it is sent the state (%d so far)",
        worker, chunk, version, count);
  }
}
