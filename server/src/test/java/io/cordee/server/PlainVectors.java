package io.cordee.server;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.Replica;
import io.cordee.common.optimizer.Replica.Effect;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Signs;
import io.cordee.proto.v1.Parameters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The vector as a {@link PlainWorker} receives it: floats, or signs to replay. */
final class PlainVectors {

  private final Chunks chunks;
  private final Optional<Replica> replica;

  /** By version, then chunk. */
  private final Map<Integer, Map<Integer, float[]>> points = new HashMap<>();

  private final Map<Integer, Long> checksums = new HashMap<>();

  PlainVectors(String yaml) {
    Job job = JobFile.parse(yaml, "the server's job", List.of());
    int parameters = job.model().layout().parameters();
    Optimizer optimizer = Optimizer.of(job.optimizer(), parameters);
    chunks = Chunks.of(parameters, optimizer.width());
    replica = job.sendsSigns() ? Optional.of(new Replica(optimizer, chunks)) : Optional.empty();
  }

  Chunks chunks() {
    return chunks;
  }

  void keep(Parameters parameters) {
    ByteBuffer data = parameters.getData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < Math.max(1, parameters.getChunks()); i++) {
      Optional<Long> checksum =
          parameters.getChecksumsCount() == 0
              ? Optional.empty()
              : Optional.of(parameters.getChecksums(i));
      keep(parameters, parameters.getChunk() + i, data, checksum);
    }
    if (data.hasRemaining()) {
      throw new AssertionError("more data than chunks");
    }
  }

  private void keep(Parameters head, int chunk, ByteBuffer data, Optional<Long> checksum) {
    int version = head.getVersion();
    switch (head.getKind()) {
      case SIGNS -> {
        byte[] packed = new byte[Signs.bytes(chunks.size(chunk))];
        data.get(packed);
        require(replica.orElseThrow().replay(chunk, version, head.getLossRose(), packed, checksum));
      }
      case STATE -> {
        checksum.ifPresent(sum -> checksums.put(chunk, sum));
        Replica own = replica.orElseThrow();
        Replica.Place place = own.part(chunk, version, head.getPart());
        floats(data, place.array(), place.from(), chunks.size(chunk));
        if (head.getPart() == own.parts() - 1) {
          require(own.restore(chunk, version, checksums.get(chunk)));
        }
      }
      default -> {
        float[] values = new float[chunks.size(chunk)];
        floats(data, values, 0, values.length);
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

  private static void floats(ByteBuffer data, float[] into, int from, int count) {
    data.asFloatBuffer().get(into, from, count);
    data.position(data.position() + count * Float.BYTES);
  }

  /** A chunk at a version; empty until every replayed chunk has reached it. */
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
