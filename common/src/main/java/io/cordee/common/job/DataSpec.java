package io.cordee.common.job;

import java.util.Optional;

/**
 * The rows of a job.
 *
 * @param folder where the files are, below the worker's data folder; empty for the data folder
 *     itself
 * @param test the rows to evaluate on, if any
 */
public record DataSpec(String folder, SourceSpec train, Optional<SourceSpec> test) {}
