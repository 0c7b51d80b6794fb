package io.cordee.proto.connection;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a server that may not be there yet. */
public final class ServerWait {

  private static final Duration RECONNECT = Duration.ofMillis(250);

  private final ManagedChannel channel;
  private final String address;

  public ServerWait(ManagedChannel channel, String address) {
    this.channel = channel;
    this.address = address;
  }

  /**
   * Returns when the channel is connected.
   *
   * @param onWaiting run once, if there is no server at first
   * @throws TimeoutException if there is none within {@code patience}
   */
  public void await(Duration patience, Runnable onWaiting)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean hasSaidSo = false;
    ConnectivityState state = channel.getState(true);
    while (state != ConnectivityState.READY) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(
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
        TimeUnit.NANOSECONDS.sleep(RECONNECT.toNanos());
        channel.resetConnectBackoff();
      }
      awaitChange(state);
      state = channel.getState(true);
    }
  }

  private void awaitChange(ConnectivityState state) throws InterruptedException {
    CountDownLatch changed = new CountDownLatch(1);
    channel.notifyWhenStateChanged(state, changed::countDown);
    changed.await(RECONNECT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
