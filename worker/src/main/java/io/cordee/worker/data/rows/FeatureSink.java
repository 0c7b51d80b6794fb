package io.cordee.worker.data.rows;

/** Takes the features of rows, row by row. */
public interface FeatureSink {

  FeatureSink NOWHERE =
      new FeatureSink() {
        @Override
        public void put(int feature, double value) {}

        @Override
        public void endRow() {}
      };

  /** A row's next feature, in any order; the float nearest to the value is finite. */
  void put(int feature, double value);

  void endRow();
}
