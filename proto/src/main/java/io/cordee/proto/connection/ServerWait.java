package io.cordee.proto.connection;

import io.cordee.proto.security.AccessException;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Waits for a server that may not be there yet; not for one that is there and cannot be spoken to.
 */
public final class ServerWait {

  /** After so much silence, who waits is told so: an address may swallow what is sent there. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofMillis(250);

  private final ManagedChannel channel;
  private final Diagnosis diagnosis;
  private final Supplier<Duration> pauses;
  private final Pauses time;

  /**
   * @param channel to the server of the diagnosis
   * @param pauses between attempts
   */
  public ServerWait(ManagedChannel channel, Diagnosis diagnosis, Supplier<Duration> pauses) {
    this(channel, diagnosis, pauses, Pauses.SYSTEM);
  }

  ServerWait(ManagedChannel channel, Diagnosis diagnosis, Supplier<Duration> pauses, Pauses time) {
    this.channel = channel;
    this.diagnosis = diagnosis;
    this.pauses = pauses;
    this.time = time;
  }

  /**
   * Returns when the channel is connected.
   *
   * @param onWaiting run once, if there is no server at first
   * @throws TimeoutException if there is none within {@code patience}
   * @throws AccessException at once, if there is one that cannot be spoken to as things are
   */
  public void await(Duration patience, Runnable onWaiting)
      throws InterruptedException, TimeoutException {
    long start = time.nanoTime();
    boolean hasSaidSo = false;
    ConnectivityState state = channel.getState(true);
    while (state != ConnectivityState.READY) {
      long waited = time.nanoTime() - start;
      if (waited >= patience.toNanos()) {
        throw new TimeoutException(complaint(patience));
      }
      boolean hasFailed = state == ConnectivityState.TRANSIENT_FAILURE;
      if (hasFailed) {
        giveUpIfInVain();
      }
      if (!hasSaidSo && (hasFailed || waited > SILENCE.toNanos())) {
        onWaiting.run();
        hasSaidSo = true;
      }
      if (hasFailed) {
        pause(patience.minusNanos(waited));
      }
      awaitChange(state);
      state = channel.getState(true);
    }
  }

  private void giveUpIfInVain() {
    Optional<AccessException> trouble = diagnosis.of(FailureQuestion.ask(channel, LOOK));
    if (trouble.isPresent()) {
      throw trouble.get();
    }
  }

  private void pause(Duration atMost) throws InterruptedException {
    Duration pause = pauses.get();
    time.pause(pause.compareTo(atMost) < 0 ? pause : atMost);
  }

  private void awaitChange(ConnectivityState state) throws InterruptedException {
    CountDownLatch changed = new CountDownLatch(1);
    channel.notifyWhenStateChanged(state, changed::countDown);
    // The channel has pauses of its own between attempts; these here are the ones that count.
    channel.resetConnectBackoff();
    changed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private String complaint(Duration patience) {
    String host = diagnosis.host();
    String where = diagnosis.address();
    String waited = " after " + Math.round(patience.toMillis() / 1e3) + " s";
    try {
      InetAddress.getByName(host);
      return "no server answers at "
          + where
          + waited
          + "; start one there, or give another address";
    } catch (UnknownHostException e) {
      return "no server answers at "
          + where
          + waited
          + ", as the host "
          + host
          + " is not known here; give another address";
    }
  }
}
