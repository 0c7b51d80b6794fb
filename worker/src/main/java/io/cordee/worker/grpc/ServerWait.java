package io.cordee.worker.grpc;

import io.cordee.worker.link.LinkException;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for a server that may not be there yet. */
final class ServerWait {

  private static final Duration RECONNECT = Duration.ofMillis(250);

  private final ManagedChannel channel;
  private final String address;

  ServerWait(ManagedChannel channel, String address) {
    this.channel = channel;
    this.address = address;
  }

  /**
   * Returns when the channel is connected.
   *
   * @param onWaiting run once, if there is no server at first
   * @throws LinkException if there is none within {@code patience}
   */
  void await(Duration patience, Runnable onWaiting) {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean hasSaidSo = false;
    ConnectivityState state = channel.getState(true);
    while (state != ConnectivityState.READY) {
      if (System.nanoTime() > deadline) {
        throw new LinkException(
            "no server answers at "
                + address
                + " after "
                + patience.toSeconds()
                + " s; start one there, or give another address");
      }
      if (state == ConnectivityState.TRANSIENT_FAILURE) {
        if (!hasSaidSo) {
          onWaiting.run();
          hasSaidSo = true;
        }
        pause();
        channel.resetConnectBackoff();
      }
      awaitChange(state);
      state = channel.getState(true);
    }
  }

  private void awaitChange(ConnectivityState state) {
    CountDownLatch changed = new CountDownLatch(1);
    channel.notifyWhenStateChanged(state, changed::countDown);
    try {
      changed.await(RECONNECT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(RECONNECT.toNanos());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private LinkException interrupted() {
    Thread.currentThread().interrupt();
    return new LinkException("interrupted while waiting for the server at " + address);
  }
}
