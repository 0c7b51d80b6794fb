package io.cordee.worker.link;

import io.cordee.common.job.Tally;
import io.cordee.worker.model.Sums;

/**
 * The connection to the server. Sending blocks while the server cannot take more; any thread may
 * send.
 */
public interface ServerLink extends AutoCloseable {

  /**
   * The next thing the server says.
   *
   * @throws LinkException if the connection is lost
   */
  ServerSays receive();

  void hello(String name, int threads);

  void dataFound(long trainRows, long testRows);

  void prepared(int plan);

  /** Sends every chunk of the sum at a node. */
  void contribution(int version, int node, Tally tally, Sums sums);

  void evaluated(int version, int slice, Tally tally);

  /** This worker cannot go on. */
  void failure(String message);

  void goodbye();

  @Override
  void close();
}
