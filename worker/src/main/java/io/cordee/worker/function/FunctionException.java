package io.cordee.worker.function;

import java.util.function.Supplier;

/** A gradient function is missing, does not fit its job, or breaks its contract. One line. */
public final class FunctionException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With a message made as by {@link String#format}. */
  public FunctionException(String template, Object... values) {
    super(values.length == 0 ? template : template.formatted(values));
  }

  private FunctionException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Calls a function; what it throws becomes one line that says where. */
  public static <T> T wrapping(String where, Supplier<T> call) {
    try {
      return call.get();
    } catch (FunctionException e) {
      throw new FunctionException(where + ": " + e.getMessage(), e.getCause());
    } catch (UnsupportedOperationException e) {
      throw new FunctionException(where + ": " + e.getMessage());
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      String what =
          e.getMessage() == null
              ? ""
              : ": " + e.getMessage().strip().replaceAll("\\s*\\R\\s*", "; ");
      throw new FunctionException(
          where + ": the gradient function threw " + e.getClass().getSimpleName() + what, e);
    }
  }
}
