package io.cordee.cli.commandline;

import io.cordee.common.file.Draft;
import io.cordee.common.text.Jars;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** What a process does before it ends, on Ctrl-C too. */
public final class AtExit {

  private static final List<Thread> TASKS = new CopyOnWriteArrayList<>();

  private AtExit() {}

  /** To be called once, before any plugin. */
  public static void begin() {
    Runtime.getRuntime().addShutdownHook(new Thread(AtExit::end, "exit"));
  }

  /** Has a task done, beside the others. */
  public static void run(Runnable task) {
    TASKS.add(new Thread(task, "interrupt"));
  }

  /** A command is over, and others follow: nothing of it is left to be done. */
  public static void forget() {
    TASKS.clear();
  }

  private static void end() {
    List<Thread> tasks = List.copyOf(TASKS);
    tasks.forEach(Thread::start);
    try {
      for (Thread task : tasks) {
        task.join();
      }
      TemporaryFolder.remove();
      Draft.deleteOpen();
    } catch (InterruptedException e) {
      System.err.println("cannot clean up: " + Errors.text(e));
    }
    Thread.getAllStackTraces().values().forEach(AtExit::failIfPlugin);
  }

  /** A plugin that ends the process makes it fail: exit code 0 is for a job that is complete. */
  private static void failIfPlugin(StackTraceElement[] calls) {
    if (Stream.of(calls).anyMatch(call -> call.toString().contains("java.lang.Runtime.exit("))) {
      Jars.of(calls).ifPresent(AtExit::fail);
    }
  }

  private static void fail(String jar) {
    System.err.println(jar + ": a plugin has called System.exit; it may only return or throw");
    Runtime.getRuntime().halt(ExitCode.FAILED);
  }
}
