package io.cordee.cli.log;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.worker.Worker;
import io.cordee.worker.function.TorchScript;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {

  @Test
  void quietCommandsSayWhatTheyFetch() {
    Logging.warningsOnly();
    assertTrue(LoggerFactory.getLogger(TorchScript.class).isInfoEnabled());
    assertFalse(LoggerFactory.getLogger(Worker.class).isInfoEnabled());
  }
}
