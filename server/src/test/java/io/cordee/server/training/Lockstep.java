package io.cordee.server.training;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Threads of which one runs at a time, up to where it {@linkplain #pause pauses}; then one is
 * chosen to go on. The scenario is repeated until every choice has been made.
 */
final class Lockstep {

  static final int ANY = Integer.MAX_VALUE;

  /** Made anew, with a lockstep of its own, for each order. */
  interface Scenario {

    List<Runnable> threads();

    /**
     * The state, but for what each thread has done and {@linkplain #note found} since it last
     * {@linkplain #forget forgot}; nothing is explored twice from the same state.
     */
    String state();

    /** Whether it still matters which thread goes on. */
    default boolean isOpen() {
      return true;
    }

    /** Called when all threads have ended. */
    void check();
  }

  private static final int PATIENCE_SECONDS = 30;

  /** Ends a thread whose scenario has failed. */
  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1;
  }

  /** A point at which several threads could run. */
  private static final class Choice {
    final List<Integer> options;
    int taken;

    /** Whether any option but the first preempts a thread that could go on. */
    final boolean isPreemption;

    Choice(List<Integer> options, boolean isPreemption) {
      this.options = options;
      this.isPreemption = isPreemption;
    }
  }

  private final int preemptions;
  private final List<Choice> path;
  private final Set<String> seen;
  private final ThreadLocal<Integer> number = new ThreadLocal<>();
  private final List<Semaphore> turns = new ArrayList<>();
  private final List<BooleanSupplier> conditions = new ArrayList<>();
  private final List<StringBuilder> steps = new ArrayList<>();
  private final Semaphore end = new Semaphore(0);
  private Scenario scenario;
  private int depth;
  private int preempted;
  private boolean isKnown;
  private int running;
  private volatile Throwable failure;

  private Lockstep(int preemptions, List<Choice> path, Set<String> seen) {
    this.preemptions = preemptions;
    this.path = path;
    this.seen = seen;
  }

  /** Without threads, and so without pauses. */
  static Lockstep none() {
    return new Lockstep(0, new ArrayList<>(), new HashSet<>());
  }

  /**
   * Runs a scenario in every order with at most {@code preemptions} preemptions; returns the number
   * of runs. States seen before are not branched from again.
   */
  static int explore(int preemptions, Function<Lockstep, Scenario> scenarios) {
    List<Choice> path = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    int ways = 0;
    try {
      do {
        new Lockstep(preemptions, path, seen).run(scenarios, threads);
        ways++;
      } while (next(path));
    } finally {
      threads.shutdownNow();
    }
    return ways;
  }

  /** Backtracks to the last point with another choice. */
  private static boolean next(List<Choice> path) {
    while (!path.isEmpty()) {
      Choice last = path.get(path.size() - 1);
      last.taken++;
      if (last.taken < last.options.size()) {
        return true;
      }
      path.remove(path.size() - 1);
    }
    return false;
  }

  private void run(Function<Lockstep, Scenario> scenarios, ExecutorService threads) {
    scenario = scenarios.apply(this);
    List<Runnable> all = scenario.threads();
    for (int i = 0; i < all.size(); i++) {
      turns.add(new Semaphore(0));
      conditions.add(() -> true);
      steps.add(new StringBuilder());
    }
    running = all.size();
    for (int i = 0; i < all.size(); i++) {
      int thread = i;
      threads.execute(() -> runThread(thread, all.get(thread)));
    }
    turns.get(choose(0)).release();
    acquire(end);
    if (failure == null) {
      try {
        scenario.check();
      } catch (AssertionError e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw new AssertionError("after " + steps + ": " + failure, failure);
    }
  }

  private void runThread(int me, Runnable program) {
    number.set(me);
    acquire(turns.get(me));
    try {
      program.run();
    } catch (Abandoned e) {
      // The failure is known.
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      number.remove();
    }
    conditions.set(me, () -> false);
    running--;
    if (running == 0 || failure != null) {
      end.release();
    } else {
      try {
        handOver(me);
      } catch (Abandoned e) {
        // The failure is known.
      }
    }
  }

  /** Whether the caller is one of the threads; false during setup. */
  boolean isOneOfThem() {
    return number.get() != null;
  }

  int number() {
    return number.get();
  }

  /** Another thread may run here. */
  void pause(String where) {
    pause(where, () -> true);
  }

  /** The same, and goes on only when ready. */
  void pause(String where, BooleanSupplier isReady) {
    if (!isOneOfThem()) {
      return;
    }
    int me = number();
    note(where);
    conditions.set(me, isReady);
    handOver(me);
    conditions.set(me, () -> true);
  }

  /** Records what this thread has found, if it makes a difference. */
  void note(Object found) {
    if (isOneOfThem()) {
      steps.get(number()).append(found).append(' ');
    }
  }

  /** What this thread has found so far makes no difference any more. */
  void forget() {
    if (isOneOfThem()) {
      steps.get(number()).setLength(0);
    }
  }

  /** Which thread this is, and what it has done and found. */
  String where() {
    return isOneOfThem() ? number() + ": " + steps.get(number()) : "before";
  }

  private void handOver(int me) {
    int next;
    try {
      next = choose(me);
    } catch (RuntimeException | Error e) {
      fail(e);
      throw new Abandoned();
    }
    if (next == me) {
      return;
    }
    turns.get(next).release();
    if (isOneOfThem()) {
      acquire(turns.get(me));
      if (failure != null) {
        throw new Abandoned();
      }
    }
  }

  private int choose(int me) {
    List<Integer> able = new ArrayList<>();
    for (int i = 0; i < turns.size(); i++) {
      int thread = (me + i) % turns.size(); // as long as it can, a thread goes on
      if (conditions.get(thread).getAsBoolean()) {
        able.add(thread);
      }
    }
    if (able.isEmpty()) {
      throw new AssertionError("nobody can go on, and it is not the end");
    }
    if (able.size() == 1 || isKnown || !scenario.isOpen()) {
      return able.get(0);
    }
    if (depth == path.size()) {
      if (!seen.add(able.get(0) + " " + preempted + steps + scenario.state())) {
        isKnown = true;
        return able.get(0);
      }
      boolean isPreemption = able.get(0) == me;
      path.add(
          new Choice(isPreemption && preempted == preemptions ? List.of(me) : able, isPreemption));
    }
    Choice choice = path.get(depth);
    depth++;
    preempted += choice.isPreemption && choice.taken > 0 ? 1 : 0;
    return choice.options.get(choice.taken);
  }

  private void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    end.release();
    turns.forEach(Semaphore::release);
  }

  private static void acquire(Semaphore semaphore) {
    try {
      if (!semaphore.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("a thread waits for a lock that another holds where it pauses");
      }
    } catch (InterruptedException e) {
      throw new Abandoned();
    }
  }
}
