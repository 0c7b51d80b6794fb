package io.cordee.worker.data.rows;

/** Rows without features and targets. */
record CountedRows(long count, long first) implements ExternalRows {

  @Override
  public int features() {
    return 0;
  }

  @Override
  public boolean isSparse() {
    return false;
  }

  @Override
  public void read(long from, int count, Sink into) {
    for (int i = 0; i < count; i++) {
      into.endRow();
    }
  }
}
