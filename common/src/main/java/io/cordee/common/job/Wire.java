package io.cordee.common.job;

import io.cordee.common.wire.Uplink;

/**
 * How vectors travel.
 *
 * @param checkEvery rounds between two checks that the workers' replicas are the server's state,
 *     where steps are replayed from signs
 */
public record Wire(Downlink downlink, int checkEvery, Uplink uplink) {

  public Wire {
    if (checkEvery < 1) {
      throw new IllegalArgumentException("check_every must be at least 1; found " + checkEvery);
    }
  }
}
