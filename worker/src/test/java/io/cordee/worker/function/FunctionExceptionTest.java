package io.cordee.worker.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class FunctionExceptionTest {

  /** As code in Scala or Kotlin does, undeclared. */
  private static FunctionException wrapped(Throwable thrown) {
    return assertThrows(
        FunctionException.class,
        () ->
            FunctionException.wrapping(
                "round 1, partition 0",
                () -> {
                  FunctionExceptionTest.<RuntimeException>sneak(thrown);
                  return "";
                }));
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneak(Throwable thrown) throws X {
    throw (X) thrown;
  }

  @Test
  void anUndeclaredCheckedExceptionIsToldAsAnyOther() {
    IOException thrown = new IOException("no such file");
    FunctionException e = wrapped(thrown);
    assertEquals(
        "round 1, partition 0: the gradient function threw IOException: no such file",
        e.getMessage());
    assertSame(thrown, e.getCause());
  }

  @Test
  void anUndeclaredInterruptLeavesTheThreadInterrupted() {
    wrapped(new InterruptedException("enough"));
    assertTrue(Thread.interrupted());
  }

  @Test
  void anUnsupportedOperationIsToldInItsOwnWordsOrByItsClass() {
    assertEquals(
        "round 1, partition 0: no second derivatives",
        wrapped(new UnsupportedOperationException("no second derivatives")).getMessage());
    assertEquals(
        "round 1, partition 0: the gradient function threw UnsupportedOperationException",
        wrapped(new UnsupportedOperationException()).getMessage());
  }
}
