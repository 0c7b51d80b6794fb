package io.cordee.bench.process;

/**
 * What a child process does. An implementation has a public constructor that takes the arguments as
 * a {@code String[]}.
 */
public interface Role {

  /** One line that tells the parent that this process is ready, such as the port it listens on. */
  default String greeting() throws Exception {
    return "ready";
  }

  /**
   * Does this many rounds and returns when they are done. Where it is others that start a round,
   * this is never called.
   */
  default void run(int rounds) throws Exception {
    throw new UnsupportedOperationException("rounds are not started from here");
  }
}
