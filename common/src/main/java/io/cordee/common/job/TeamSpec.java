package io.cordee.common.job;

import java.util.OptionalDouble;

/**
 * How long a team is waited for. None of it shows in the weights of synchronous training.
 *
 * @param minWorkers with fewer, no work is given out; at least 1
 * @param patience seconds to wait for that many, once training has begun
 * @param lease seconds after which a worker that says nothing, or contributes nothing, is left out,
 *     at least {@link #SHORTEST_LEASE}; empty: by how long rounds take
 * @param gather seconds after the first worker is ready in which the workers that the server
 *     expects may join; then those who are there begin, if they are {@code minWorkers}. Empty: all
 *     are waited for
 */
public record TeamSpec(
    int minWorkers, double patience, OptionalDouble lease, OptionalDouble gather) {

  /** A worker says every second that it is there, and may be kept from it for a while. */
  public static final double SHORTEST_LEASE = 3;

  public static final TeamSpec USUAL =
      new TeamSpec(1, 600, OptionalDouble.empty(), OptionalDouble.empty());
}
