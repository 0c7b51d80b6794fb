package io.cordee.server.assembly;

import io.cordee.common.job.Best;
import io.cordee.common.job.file.Found;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Where a job's state is kept.
 *
 * @param resumeAt the latest version that the job may resume from; empty if it begins anew
 * @param found what the run has found so far; for its rows, the checkpoints take precedence
 * @param best its best weights so far, once listeners know where it is resumed
 */
public record CheckpointsAt(
    Path folder, OptionalInt resumeAt, Found found, Supplier<Optional<Best>> best) {}
