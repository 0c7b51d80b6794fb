package io.cordee.bench.process;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a child process does. An implementation has a public constructor that takes the arguments as
 * a {@code String[]}.
 */
public interface Role {

  /** One line that says that this process is ready, such as the port it listens on. */
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

  /**
   * The other end of a {@link Child}: each line of standard input is a number of rounds, each line
   * of the answer the nanoseconds that they took.
   *
   * @param arguments the class of the role, and what its constructor takes
   */
  static void main(String[] arguments) throws Exception {
    String[] own = Arrays.copyOfRange(arguments, 1, arguments.length);
    Role role =
        Class.forName(arguments[0])
            .asSubclass(Role.class)
            .getConstructor(String[].class)
            .newInstance((Object) own);
    System.out.println(role.greeting());
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      long start = System.nanoTime();
      role.run(Integer.parseInt(line));
      System.out.println(System.nanoTime() - start);
    }
    System.exit(0);
  }
}
