package io.cordee.worker.compute;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.optimizer.Replica;
import io.cordee.common.reduce.Holding;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ServerLink;
import java.util.Optional;

/** The vectors that the server sends, chunk by chunk. */
public interface ReceivedVectors {

  /**
   * @return whether a vector may be complete with it
   * @throws IllegalArgumentException if there is no such chunk or it has another length
   */
  boolean put(Chunk chunk);

  /** The values that gradients are taken at; empty until all of it has arrived. */
  Optional<float[]> lookaheadPoint(int version);

  /** The weights at this version, where they are sent separately; empty until all have arrived. */
  Optional<float[]> weights(int version);

  static ReceivedVectors of(Job job, Holding holding, ServerLink server) {
    return job.sendsSigns()
        ? new ReceivedSigns(holding, new Replica(JobVector.of(job).optimizer(), holding), server)
        : new ReceivedFloats(holding);
  }
}
