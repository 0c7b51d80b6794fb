package io.cordee;

import io.cordee.proto.security.AccessException;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.Limits;
import io.cordee.server.observe.Traffic;
import io.cordee.server.serving.ParameterServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The server of one job, for workers in other processes, which may come, go and be lost at any
 * time. It owns parameters and optimizer, and runs no gradient function. To be closed.
 */
public final class Server implements AutoCloseable {

  /** How long workers have to leave when it is closed before the end. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final ParameterServer server;
  private final Telling telling;
  private final InetSocketAddress address;
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final Thread atExit = new Thread(this::exit, "cordee-exit");

  /**
   * How a server is run.
   *
   * @param workers how many the first round waits for, at least 1; more may join at any time
   * @param linger how long it stays after the job, to tell late workers that it is over
   * @param security whom it lets in
   */
  public record Options(int workers, Duration linger, Security security) {

    /**
     * @throws CordeeException if there are fewer than 1 worker, or the time is negative
     */
    public Options {
      if (workers < 1) {
        throw new CordeeException("a server waits for at least 1 worker; found " + workers);
      }
      if (linger.isNegative()) {
        throw new CordeeException("linger: expected a time of at least 0; found " + linger);
      }
    }

    /**
     * One worker is waited for, on this machine.
     *
     * @return to be changed by the methods below
     */
    public static Options usual() {
      return new Options(1, Duration.ZERO, Security.loopback());
    }

    /**
     * Waits for more workers.
     *
     * @param count at least 1
     */
    public Options withWorkers(int count) {
      return new Options(count, linger, security);
    }

    /**
     * Stays after the job.
     *
     * @param time not negative
     */
    public Options withLinger(Duration time) {
      return new Options(workers, time, security);
    }

    /**
     * Sets which workers are let in.
     *
     * @param how as for a server
     */
    public Options withSecurity(Security how) {
      return new Options(workers, linger, how);
    }
  }

  private Server(ParameterServer server, Telling telling, InetSocketAddress address) {
    this.server = server;
    this.telling = telling;
    this.address = address;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * As below, with the usual options.
   *
   * @param job what is trained
   * @param address on the loopback interface
   * @return the server; to be closed
   * @throws CordeeException as below
   */
  public static Server start(Job job, InetSocketAddress address) {
    return start(job, address, Options.usual());
  }

  /**
   * Starts to listen. The first round begins as soon as the workers are there.
   *
   * @param job what is trained
   * @param address where; port 0 lets the system pick
   * @param options how it is run
   * @return the server; to be closed
   * @throws CordeeException if the address cannot be bound, is another than a loopback address
   *     while nothing is said of security, or the job cannot be served with the memory of this
   *     process
   */
  public static Server start(Job job, InetSocketAddress address, Options options) {
    if (address.isUnresolved()) {
      throw new CordeeException("cannot listen on " + address.getHostString() + ": no such host");
    }
    Limits limits =
        new Limits(
            Math.max(Limits.WORKERS, options.workers()),
            Math.max(Limits.CALLS_PER_ADDRESS, options.workers()),
            Limits.RESETS,
            Limits.SILENCE);
    Gate gate = new Gate(options.security().listening(address), limits);
    Telling telling = new Telling(job);
    try {
      LeadRole role =
          new LeadRole(job.spec(), 1, options.workers(), new Traffic(), telling.listeners());
      var server = ParameterServer.start(address, gate, options.linger(), role);
      var bound = new InetSocketAddress(address.getAddress(), server.port());
      return new Server(server, telling, bound);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused(telling, "interrupted before the server had started", e);
    } catch (IOException e) {
      throw refused(
          telling, "cannot listen on %s: %s".formatted(Security.shown(address), rootMessage(e)), e);
    } catch (IllegalArgumentException | AccessException | UncheckedIOException e) {
      throw refused(telling, e.getMessage(), e);
    }
  }

  private static CordeeException refused(Telling telling, String why, Exception cause) {
    telling.close();
    return new CordeeException(why, cause);
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
  }

  /**
   * Where it listens.
   *
   * @return with the port that the system has picked
   */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Has {@link Progress#weights} give the weights every so many rounds, from now on. Each of these
   * rounds waits until they are copied; up to two copies of the parameters wait for the listener.
   *
   * @param rounds at least 1
   * @return this server
   * @throws CordeeException if it is less
   */
  public Server weightsEvery(int rounds) {
    telling.weightsEvery(rounds);
    return this;
  }

  /**
   * Waits for the end of the job.
   *
   * @return what has come of it
   * @throws CordeeException as {@link #await(Consumer)}
   */
  public Result await() {
    return await(progress -> {});
  }

  /**
   * Waits until the job is over, or {@linkplain #stop stopped}, and the workers have left. An
   * interrupt of the calling thread ends the job with an exception.
   *
   * @param progress told of each round from now on, as by {@link LocalTeam#train(Consumer)}
   * @return what has come of it
   * @throws CordeeException if the job failed, the listener threw, this server has been closed, or
   *     the thread interrupted. {@link CordeeException#lastGood} has the last good weights; its
   *     cause is what the listener has thrown, or why the last worker has left
   */
  public Result await(Consumer<? super Progress> progress) {
    telling.to(progress, server::failAtOnce);
    boolean wasInterrupted = false;
    try {
      for (; ; ) {
        try {
          return telling.result(server.end().get(), "", telling.deserted());
        } catch (InterruptedException e) {
          wasInterrupted = true;
          server.failAtOnce("interrupted");
        } catch (ExecutionException e) {
          throw new IllegalStateException(e);
        }
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Ends the job before its time; {@link #await} returns the weights of the last complete round.
   * Any thread may call, at any time, listeners too.
   */
  public void stop() {
    server.interrupt("stopped");
  }

  /**
   * Stops listening and frees everything; a job that is not over ends, and the workers are told.
   * Any thread may call, any number of times. The end of the process does the same, as by Ctrl-C.
   */
  @Override
  public void close() {
    end("the server was closed before the job was over");
    if (!isClosed.getAndSet(true)) {
      server.close();
      telling.close();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      return; // which has begun
    }
  }

  private void exit() {
    end("the process of the server was ended before the job was over");
  }

  private void end(String why) {
    server.failAtOnce(why);
    try {
      server.end().get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      return; // then they find nobody there
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
