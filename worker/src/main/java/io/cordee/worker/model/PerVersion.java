package io.cordee.worker.model;

/** A gradient function that can use again what it has made of a version's parameters. */
public interface PerVersion {

  /**
   * Says which parameters the next pass is given. A pass of which nothing is said has parameters of
   * its own.
   *
   * @param version 0 or more; equal ones have equal parameters
   */
  void expect(int version);
}
