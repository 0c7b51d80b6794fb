package io.cordee.bench.process;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The other end of a {@link Child}: each line of standard input is a number of rounds, each line of
 * the answer the nanoseconds that they took.
 */
public final class ChildMain {

  private ChildMain() {}

  public static void main(String[] arguments) throws Exception {
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
