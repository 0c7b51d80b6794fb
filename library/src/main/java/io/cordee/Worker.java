package io.cordee;

import io.cordee.function.GradientFunction;
import io.cordee.proto.security.Access;
import io.cordee.worker.Resources;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Introduction;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.RetryingConnector;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Computes gradients for a {@link Server} in another process. It may start before the server, join
 * at any time and die at any time: others compute what it owed, to the same bits.
 */
public final class Worker implements AutoCloseable {

  private static final String CLOSED = "the worker was closed before the job was over";

  static {
    Words.use();
  }

  private final InetSocketAddress address;
  private final IntFunction<? extends GradientFunction> function;
  private final Options options;
  private final Access access;

  // Guarded by this monitor.
  private Optional<io.cordee.worker.Worker> running = Optional.empty();
  private Optional<Thread> runner = Optional.empty();
  private boolean isClosed;
  private boolean isInterrupted;

  /**
   * How a worker is run.
   *
   * @param threads that compute, at least 1
   * @param name for people; the server makes it unique
   * @param patience how long it tries to connect, at first and whenever the connection is lost
   * @param security how it speaks to the server
   */
  public record Options(int threads, String name, Duration patience, Security security) {

    /**
     * @throws CordeeException if there is fewer than 1 thread, or the time is shorter than a second
     */
    public Options {
      if (threads < 1) {
        throw new CordeeException("a worker needs at least 1 thread; found " + threads);
      }
      if (patience.toSeconds() < 1) {
        throw new CordeeException("patience: expected at least a second; found " + patience);
      }
    }

    /**
     * A thread for each processor, and ten minutes of patience, on this machine.
     *
     * @return to be changed by the methods below
     */
    public static Options usual() {
      return new Options(
          Runtime.getRuntime().availableProcessors(),
          "worker." + ProcessHandle.current().pid(),
          Duration.ofMinutes(10),
          Security.loopback());
    }

    /**
     * Sets the number of compute threads.
     *
     * @param count at least 1
     */
    public Options withThreads(int count) {
      return new Options(count, name, patience, security);
    }

    /**
     * Sets the name.
     *
     * @param name for people
     */
    public Options withName(String name) {
      return new Options(threads, name, patience, security);
    }

    /**
     * Sets how long to try to connect.
     *
     * @param time at least a second
     */
    public Options withPatience(Duration time) {
      return new Options(threads, name, time, security);
    }

    /**
     * Sets how to speak to the server.
     *
     * @param how as for a worker
     */
    public Options withSecurity(Security how) {
      return new Options(threads, name, patience, how);
    }
  }

  private Worker(
      InetSocketAddress address,
      IntFunction<? extends GradientFunction> function,
      Options options,
      Access access) {
    this.address = address;
    this.function = function;
    this.options = options;
    this.access = access;
  }

  /**
   * As below, with the usual options.
   *
   * @param address where the server listens, on the loopback interface
   * @param function as below
   * @throws CordeeException as below
   */
  public static Worker of(
      InetSocketAddress address, IntFunction<? extends GradientFunction> function) {
    return of(address, function, Options.usual());
  }

  /**
   * A worker for the server at an address. Only {@link #run} connects: that there is a server is
   * not checked here.
   *
   * @param address where the server listens
   * @param function makes a gradient function for a compute thread, given the number of those made
   *     before; called by that thread
   * @param options how it is run
   * @throws CordeeException if the address is another than a loopback address while nothing is said
   *     of security
   */
  public static Worker of(
      InetSocketAddress address,
      IntFunction<? extends GradientFunction> function,
      Options options) {
    return new Worker(address, function, options, options.security().connecting(address));
  }

  /**
   * Connects, and works until the job is complete. Interrupted, the worker leaves, and others do
   * what it owed. While there is no server to be found, it logs a warning and looks again, for as
   * long as its options say.
   *
   * @throws CordeeException if there is no server to be found, it refuses this worker, the job
   *     failed or was ended before its time, the thread was interrupted, this worker has been
   *     closed, or another thread runs it; its cause is what the function has thrown
   */
  public void run() {
    OwnFunctions functions = new OwnFunctions(function);
    try {
      var end = begin(functions).run();
      if (!end.completed()) {
        throw new CordeeException(end.message(), functions.thrown().orElse(null));
      }
    } catch (LinkException e) {
      throw new CordeeException(e.getMessage(), functions.thrown().orElse(e));
    } finally {
      end();
    }
  }

  private synchronized io.cordee.worker.Worker begin(OwnFunctions functions) {
    if (isClosed) {
      throw new CordeeException("the worker is closed; make another one");
    }
    if (runner.isPresent()) {
      throw new CordeeException("the worker runs already, on thread " + runner.get().getName());
    }
    var worker =
        new io.cordee.worker.Worker(
            new RetryingConnector(this::greet, options.patience()),
            new Introduction(options.name(), options.threads()),
            Resources.of(RowRange::find, FunctionProviders.only(functions)),
            true,
            round -> {});
    running = Optional.of(worker);
    runner = Optional.of(Thread.currentThread());
    return worker;
  }

  private synchronized void end() {
    if (runner.filter(Thread.currentThread()::equals).isPresent()) {
      running = Optional.empty();
      runner = Optional.empty();
      if (isInterrupted) {
        Thread.interrupted(); // by close, which has done its work
      }
    }
  }

  /**
   * Leaves the job, and does not join one again: {@link #run} throws a {@link CordeeException}, if
   * it is under way, and others compute what was owed. Any thread may call, any number of times.
   */
  @Override
  public synchronized void close() {
    isClosed = true;
    running.ifPresent(worker -> worker.leave(CLOSED));
    isInterrupted = runner.isPresent();
    runner.ifPresent(Thread::interrupt);
  }

  private Connector.Connection greet(Introduction worker) {
    GrpcServerLink link =
        GrpcServerLink.connect(address.getHostString(), address.getPort(), access);
    link.begin();
    return Connector.Connection.greet(link, worker);
  }
}
