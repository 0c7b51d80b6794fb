package io.cordee.worker.data.rows;

/** Rows without features and targets. */
record CountedRows(long count, long first, Checksum content) implements ExternalRows {

  @Override
  public int features() {
    return 0;
  }

  @Override
  public boolean isSparse() {
    return false;
  }

  @Override
  public long checksum(long from, int rows) {
    return content.of(first + from, rows);
  }

  @Override
  public void read(long from, int count, Sink into) {
    for (int i = 0; i < count; i++) {
      into.endRow();
    }
  }
}
