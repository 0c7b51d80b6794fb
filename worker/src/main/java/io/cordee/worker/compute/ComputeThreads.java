package io.cordee.worker.compute;

import io.cordee.function.GradientFunction;
import io.cordee.worker.function.JobFunctions;
import java.lang.invoke.VarHandle;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that a worker computes on, each with a gradient function of its own. What is no
 * longer wanted because other workers were faster is dropped before it is begun.
 */
final class ComputeThreads implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ComputeThreads.class);

  /** How long {@link #close} waits for functions to be freed; the rest is freed later. */
  private static final long PATIENCE_MILLIS = 2_000;

  private final ExecutorService threads;
  private final ThreadLocal<GradientFunction> function;
  private final Consumer<Throwable> onFailure;
  private final AtomicInteger wanted = new AtomicInteger();

  /** To be closed. */
  private final Collection<GradientFunction> made = new ConcurrentLinkedQueue<>();

  /**
   * @param threads shut down with this
   * @param functions makes a gradient function for each thread
   * @param onFailure receives what a task throws
   */
  ComputeThreads(ExecutorService threads, JobFunctions functions, Consumer<Throwable> onFailure) {
    this.threads = threads;
    this.function = ThreadLocal.withInitial(() -> make(functions));
    this.onFailure = onFailure;
  }

  private GradientFunction make(JobFunctions functions) {
    GradientFunction its = functions.make().get();
    if (!functions.isNetwork()) {
      made.add(its);
    }
    return its;
  }

  /** The gradient function of the compute thread that calls. */
  GradientFunction function() {
    return function.get();
  }

  /** Runs a task on a compute thread, unless its version is abandoned first. */
  void run(int version, Runnable task) {
    threads.execute(
        () -> {
          try {
            if (!isAbandoned(version)) {
              task.run();
            }
          } catch (Throwable e) { // a function may throw what it does not declare
            // Threads that are shut down leave as they can.
            if (!threads.isShutdown()) {
              onFailure.accept(e);
            }
          }
        });
  }

  /**
   * Versions before this one are no longer wanted, and the parameters of earlier ones may be
   * overwritten from now on.
   */
  void abandonBefore(int version) {
    wanted.accumulateAndGet(version, Math::max);
    VarHandle.fullFence();
  }

  boolean isAbandoned(int version) {
    return version < wanted.get();
  }

  /** The same after parameters have been read: the fence keeps their reads before. */
  boolean isAbandonedAfterReading(int version) {
    VarHandle.acquireFence();
    return isAbandoned(version);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    if (made.isEmpty()) {
      return;
    }
    Thread closer = new Thread(this::closeFunctions, "closing gradient functions");
    closer.setDaemon(true);
    closer.start();
    try {
      closer.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Once no thread computes: native memory must not be freed under one that does. */
  private void closeFunctions() {
    try {
      threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return; // nobody interrupts it
    }
    for (GradientFunction each : made) {
      try {
        each.close();
      } catch (Throwable e) {
        LOG.warn("a gradient function cannot be closed", e);
      }
    }
  }
}
