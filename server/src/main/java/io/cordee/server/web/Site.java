package io.cordee.server.web;

import io.cordee.server.observe.Observation;
import java.util.Optional;

/**
 * What is shown at an address.
 *
 * @param page of this job
 * @param metrics as Prometheus reads them
 */
public record Site(Optional<Observation> page, Optional<Metrics> metrics) {}
