package io.cordee.server.observe;

/**
 * A worker as it stands.
 *
 * @param partitions that it holds by the plan
 * @param rowsPerSecond whose gradients have come in, lately
 * @param lag nanoseconds by which it was later than the first worker, in the last round
 * @param round that its last contribution was for; 0 before there was one
 * @param received bytes of its contributions
 * @param sent bytes of parameters, to it
 * @param bytesPerSecond both, lately
 * @param silentNanos since its last message
 * @param waiting messages that wait to be written to it
 */
public record WorkerRow(
    String name,
    State state,
    int threads,
    int partitions,
    double rowsPerSecond,
    long lag,
    int round,
    long rows,
    long received,
    long sent,
    double bytesPerSecond,
    long silentNanos,
    int waiting) {

  /** What it is doing. */
  public enum State {
    /** It has joined, and loads rows. */
    LOADING,
    WORKING,
    /** It is left out, as nothing is heard of it. */
    SILENT,
    /** It is left out, as it does not contribute. */
    STUCK,
    /** The job is over. */
    DONE,
    /** It has left before that. */
    GONE;

    public boolean isConnected() {
      return this != GONE;
    }
  }
}
