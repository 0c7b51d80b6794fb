package io.cordee.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class GateTest {

  private final Gate gate = new Gate();
  private final AtomicInteger passed = new AtomicInteger();
  private final Thread walker = new Thread(this::walk, "walker");

  private void walk() {
    try {
      for (; ; ) {
        gate.pass();
        passed.incrementAndGet();
      }
    } catch (InterruptedException e) {
      // The test is over.
    }
  }

  @BeforeEach
  void start() {
    walker.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    walker.interrupt();
    walker.join();
  }

  @Test
  void letsAThreadPassAsOftenAsItIsTold() throws InterruptedException {
    gate.open(3);
    assertEquals(3, passed.get());
  }

  @Test
  void holdsTheThreadInBetween() throws InterruptedException {
    gate.open(2);
    gate.open(5);
    assertEquals(7, passed.get());
  }
}
