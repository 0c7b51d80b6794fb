package io.cordee.server.round;

import java.util.List;

/**
 * All that there is of a chunk; only holds still while it is shown.
 *
 * @param version the chunk's own: one ahead of the board's if it is stepped
 * @param vectors the chunk's weights at this version, those of the version before, and its slots
 * @param checksum of its weights and slots
 */
public record ChunkState(int version, List<float[]> vectors, long checksum) {}
