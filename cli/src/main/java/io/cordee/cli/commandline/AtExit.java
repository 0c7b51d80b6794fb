package io.cordee.cli.commandline;

import io.cordee.cli.log.Logging;
import io.cordee.common.file.Draft;
import io.cordee.common.text.Jars;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.Stream;

/** What a process does before it ends, on Ctrl-C too. */
public final class AtExit {

  private static final Tasks TASKS = new Tasks();

  /** True if an interrupted process has done its work. */
  private static volatile boolean isDone;

  private AtExit() {}

  /** To be called once, before any plugin. */
  public static void begin() {
    Runtime.getRuntime().addShutdownHook(new Thread(AtExit::end, "exit"));
  }

  /** Has a task done, beside the others. */
  public static void run(Runnable task) {
    TASKS.add(task);
  }

  /** Has a task done likewise, which ends the work of a process that ends on Ctrl-C alone. */
  public static void finish(Runnable task) {
    run(
        () -> {
          task.run();
          isDone = true;
        });
  }

  /** A command is over, and others follow: nothing of it is left to be done. */
  public static void forget() {
    TASKS.forget();
  }

  /** Tasks of a process, each done by a thread of its own. */
  static final class Tasks {

    private final Queue<Thread> threads = new ArrayDeque<>(); // guarded by this
    private boolean hasBegun;

    /** One that comes while the others are being done is begun at once. */
    synchronized void add(Runnable task) {
      Thread thread = new Thread(task, "interrupt");
      threads.add(thread);
      if (hasBegun) {
        thread.start();
      }
    }

    synchronized void forget() {
      threads.clear();
    }

    void doAll() throws InterruptedException {
      begin();
      for (Optional<Thread> next = next(); next.isPresent(); next = next()) {
        next.get().join();
      }
    }

    private synchronized Optional<Thread> next() {
      return Optional.ofNullable(threads.poll());
    }

    private synchronized void begin() {
      hasBegun = true;
      threads.forEach(Thread::start);
    }
  }

  private static void end() {
    try {
      TASKS.doAll();
      TemporaryFolder.remove();
      Draft.deleteOpen();
    } catch (InterruptedException e) {
      System.err.println("cannot clean up: " + Errors.text(e));
    }
    Thread.getAllStackTraces().values().forEach(AtExit::failIfPlugin);
    Logging.flush();
    if (isDone) {
      Runtime.getRuntime().halt(ExitCode.DONE); // in place of 130
    }
  }

  /** A plugin that ends the process makes it fail: exit code 0 is for a job that is complete. */
  private static void failIfPlugin(StackTraceElement[] calls) {
    if (Stream.of(calls).anyMatch(call -> call.toString().contains("java.lang.Runtime.exit("))) {
      Jars.of(calls).ifPresent(AtExit::fail);
    }
  }

  private static void fail(String jar) {
    System.err.println(jar + ": a plugin has called System.exit; it may only return or throw");
    Logging.flush();
    Runtime.getRuntime().halt(ExitCode.FAILED);
  }
}
