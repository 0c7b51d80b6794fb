package io.cordee.worker.data.rows;

import java.nio.MappedByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Brings mapped rows into memory on a thread of its own. Any thread may call. */
final class ReadAhead {

  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          0,
          1,
          1,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(1),
          task -> {
            Thread reader = new Thread(task, "read-ahead");
            reader.setDaemon(true);
            return reader;
          },
          new ThreadPoolExecutor.DiscardOldestPolicy());

  /** Does not wait; replaces an earlier request that has not begun. */
  void load(MappedByteBuffer rows) {
    thread.execute(
        () -> {
          if (!rows.isLoaded()) {
            rows.load();
          }
        });
  }
}
