package io.cordee.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LayoutTest {

  @Test
  void extentsAreNotNegative() {
    String problem = "tensor slope: expected extents of at least 0; found the shape [3, -1]";
    Layout.Builder builder = Layout.builder().tensor("intercept");
    assertEquals(problem, refusal(() -> builder.tensor("slope", 3, -1)));
    assertEquals(problem, refusal(() -> Layout.of(Map.of("slope", List.of(3, -1)))));
    assertEquals(problem, refusal(() -> new Layout.Tensor("slope", List.of(3, -1), 0)));
  }

  @Test
  void everyTensorHasAName() {
    String problem = "expected a name for the tensor of shape [3]; found null";
    assertEquals(problem, refusal(() -> Layout.builder().tensor(null, 3)));
    assertEquals(problem, refusal(() -> Layout.of(Collections.singletonMap(null, List.of(3)))));
  }

  @Test
  void twoTensorsOfOneNameAreRefusedAtTheSecond() {
    Layout.Builder builder = Layout.builder().tensor("slope", 3);
    assertEquals("two tensors are named slope", refusal(() -> builder.tensor("slope", 4)));
  }

  private static String refusal(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
