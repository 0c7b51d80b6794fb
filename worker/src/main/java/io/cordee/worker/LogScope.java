package io.cordee.worker;

import org.slf4j.MDC;

/**
 * What a worker's log lines are about: the job, the round and the worker's name, which several
 * threads of one process may differ in. Any thread of a session may enter it.
 */
final class LogScope {

  private final String worker;
  private volatile String job = "";
  private volatile String round = "";

  LogScope(String worker) {
    this.worker = worker;
  }

  void job(String name) {
    job = name;
    enter();
  }

  void round(int version) {
    round = Integer.toString(version);
    enter();
  }

  /** What this thread logs from now on is about this. */
  void enter() {
    MDC.put("worker", worker);
    put("job", job);
    put("round", round);
  }

  private static void put(String name, String value) {
    if (value.isEmpty()) {
      MDC.remove(name);
    } else {
      MDC.put(name, value);
    }
  }
}
