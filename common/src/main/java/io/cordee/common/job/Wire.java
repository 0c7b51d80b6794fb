package io.cordee.common.job;

import io.cordee.common.wire.Uplink;

/**
 * How vectors travel.
 *
 * @param checkEvery rounds, at least 1, between two checks that the workers' replicas are the
 *     server's state, where steps are replayed from signs
 */
public record Wire(Downlink downlink, int checkEvery, Uplink uplink) {}
