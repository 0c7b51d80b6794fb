package io.cordee.server;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.Replica;
import io.cordee.common.rule.Replica.Effect;
import io.cordee.proto.v1.Parameters;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a {@link PlainWorker} has been sent of the vector, as floats or as signs to replay. */
final class PlainVectors {

  private final Chunks chunks;
  private final Optional<Replica> replica;

  /** Version, then chunk. */
  private final Map<Integer, Map<Integer, float[]>> points = new HashMap<>();

  private final Map<Integer, Long> checksums = new HashMap<>();

  PlainVectors(String yaml) {
    Job job = JobFile.parse(yaml, "the server's job", List.of());
    int parameters = job.model().layout().parameters();
    Optimizer optimizer = Optimizer.of(job.rule(), parameters);
    chunks = Chunks.of(parameters, optimizer.width());
    replica = job.sendsSigns() ? Optional.of(new Replica(optimizer, chunks)) : Optional.empty();
  }

  Chunks chunks() {
    return chunks;
  }

  void keep(Parameters parameters) {
    int chunk = parameters.getChunk();
    int version = parameters.getVersion();
    switch (parameters.getKind()) {
      case SIGNS -> {
        Optional<Long> checksum =
            parameters.hasChecksum() ? Optional.of(parameters.getChecksum()) : Optional.empty();
        byte[] packed = parameters.getData().toByteArray();
        require(
            replica
                .orElseThrow()
                .replay(chunk, version, parameters.getLossRose(), packed, checksum));
      }
      case STATE -> {
        if (parameters.hasChecksum()) {
          checksums.put(chunk, parameters.getChecksum());
        }
        Replica own = replica.orElseThrow();
        Replica.Place place = own.part(chunk, version, parameters.getPart());
        floats(parameters).get(place.array(), place.from(), chunks.size(chunk));
        if (parameters.getPart() == own.parts() - 1) {
          require(own.restore(chunk, version, checksums.get(chunk)));
        }
      }
      default -> {
        float[] values = new float[chunks.size(chunk)];
        floats(parameters).get(values);
        points.computeIfAbsent(version, v -> new HashMap<>()).put(chunk, values);
        points.remove(version - 2);
      }
    }
  }

  private static void require(Effect effect) {
    if (effect == Effect.DIFFERS) {
      throw new AssertionError("the replica differs");
    }
  }

  private static FloatBuffer floats(Parameters parameters) {
    return parameters
        .getData()
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer();
  }

  /** A chunk at a version, if every chunk that is to be replayed stands there. */
  Optional<float[]> at(int version, int chunk) {
    if (replica.isEmpty()) {
      return Optional.ofNullable(points.getOrDefault(version, Map.of()).get(chunk));
    }
    return replica
        .get()
        .weightsAt(version)
        .map(whole -> Arrays.copyOfRange(whole, chunks.from(chunk), chunks.to(chunk)));
  }
}
