package io.cordee.worker.link;

import io.cordee.common.job.Tally;
import io.cordee.worker.model.Sums;

/**
 * The connection to the server. Sending blocks while the server cannot take more; any thread may
 * send.
 *
 * <p>Once the connection has ended, or this worker has said goodbye, what is sent goes nowhere: it
 * is {@link #receive} that tells why, after all that the server had said before.
 */
public interface ServerLink extends AutoCloseable {

  /**
   * The next thing the server says.
   *
   * @throws LinkException if the connection is lost; again with every further call
   */
  ServerSays receive();

  void hello(String name, int threads);

  void dataFound(long trainRows, long testRows, String arithmetic);

  void prepared(int plan);

  /** Sends every chunk of the sum at a node. */
  void contribution(int version, int node, Tally tally, Sums sums);

  void evaluated(int version, int slice, Tally tally);

  /** This worker cannot go on. */
  void failure(String message);

  /** Waits for nothing: not for the server, nor for other threads that send. */
  void goodbye();

  @Override
  void close();
}
