package io.cordee.cli;

/**
 * What the log lines of this process are about, whichever thread writes them: it serves one job, or
 * is one worker. What a thread says of itself (SLF4J's MDC, same names) comes first.
 */
final class LogSubject {

  static final String JOB = "job";
  static final String ROUND = "round";
  static final String WORKER = "worker";

  private static volatile String job = "";
  private static volatile String worker = "";
  private static volatile int round = -1;

  private LogSubject() {}

  static void job(String name) {
    job = name;
  }

  static void worker(String name) {
    worker = name;
  }

  /** How many rounds the weights have behind them. */
  static void round(int version) {
    round = version;
  }

  /** Empty where it is not known. */
  static String job() {
    return job;
  }

  /** Empty if this process is no worker. */
  static String worker() {
    return worker;
  }

  /** Empty before the first. */
  static String round() {
    return round < 0 ? "" : Integer.toString(round);
  }
}
