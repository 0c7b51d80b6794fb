package io.cordee.worker.function;

import io.cordee.common.text.Jars;
import io.cordee.common.text.OutsideText;
import java.util.function.Supplier;

/** A gradient function is missing, does not fit its job, or breaks its contract. One line. */
public final class FunctionException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public FunctionException(String template, Object... values) {
    super(OutsideText.message(values.length == 0 ? template : template.formatted(values)));
  }

  private FunctionException(String message, Throwable cause) {
    super(OutsideText.message(message), cause);
  }

  /**
   * Turns what the function throws into one line that says where. Code in other languages than Java
   * throws checked exceptions without declaring them.
   */
  public static <T> T wrapping(String where, Supplier<T> call) {
    try {
      return call.get();
    } catch (FunctionException e) {
      throw new FunctionException(where + ": " + e.getMessage(), e.getCause());
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      if (e instanceof UnsupportedOperationException && e.getMessage() != null) {
        throw new FunctionException(where + ": " + e.getMessage() + Jars.words(e));
      }
      String what =
          e.getMessage() == null
              ? ""
              : ": " + e.getMessage().strip().replaceAll("\\s*\\R\\s*", "; ");
      String thrown = e.getClass().getSimpleName() + what + Jars.words(e);
      throw new FunctionException(where + ": the gradient function threw " + thrown, e);
    }
  }
}
