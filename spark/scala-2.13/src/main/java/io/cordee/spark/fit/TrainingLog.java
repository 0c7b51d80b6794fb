package io.cordee.spark.fit;

import io.cordee.server.training.TrainingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class TrainingLog implements TrainingListener {

  private static final Logger LOG = LoggerFactory.getLogger(TrainingLog.class);

  @Override
  public void waiting(String reason) {
    LOG.info(reason);
  }

  @Override
  public void warned(String warning) {
    LOG.warn(warning);
  }
}
