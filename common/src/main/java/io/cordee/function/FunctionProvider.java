package io.cordee.function;

/**
 * Makes the gradient functions of a name. Found by {@link java.util.ServiceLoader}: a jar in the
 * directory given by {@code --plugins} names its class in {@code
 * META-INF/services/io.cordee.function.FunctionProvider}. It has a public constructor without
 * parameters, and is used by one thread at a time.
 */
public interface FunctionProvider {

  /** What a job calls it: {@code model.function}. */
  String name();

  /**
   * Makes a function for a compute thread.
   *
   * @throws IllegalArgumentException if it does not fit the job; the message is one line for
   *     people: what was expected, what was found
   */
  GradientFunction create(FunctionContext job);

  /**
   * What decides the bits of its gradients, in a few words, such as a library and its version; the
   * server warns where the workers of a team differ. Empty if nothing outside of Java does.
   */
  default String arithmetic(FunctionContext job) {
    return "";
  }
}
