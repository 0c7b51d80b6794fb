package io.cordee.server.round;

import java.util.Optional;

/**
 * A chunk's weights at the end of a job or at its best round, with what proves that they are those.
 *
 * @param weights not to be written; empty for a chunk of a table that nobody has touched
 * @param hashes the XXH64 of the weights and, where the checksum is the hash of these, of each slot
 * @param checksum of weights and slots; without meaning once the round is applied, when slots have
 *     moved on
 */
public record CollectedChunk(Optional<float[]> weights, long[] hashes, long checksum) {}
