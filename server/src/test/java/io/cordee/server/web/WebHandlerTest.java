package io.cordee.server.web;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.server.connection.Lobby;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A connection on a simulated clock. */
class WebHandlerTest {

  private final Door door = new Door(Optional.empty(), Optional.empty(), Set.of());
  private final EmbeddedChannel connection =
      new EmbeddedChannel() {
        @Override
        protected SocketAddress localAddress0() {
          return new InetSocketAddress(80);
        }
      };

  private void open() {
    connection.freezeTime();
    connection
        .pipeline()
        .addLast(
            new WebHandler(
                door,
                new Sessions(Optional.empty(), false),
                new Lobby(new Lobby.Room(1, 1, 1, 1), (peer, why) -> {}),
                Map.of(),
                Optional.empty(),
                Map.of()));
    connection.pipeline().fireChannelActive();
  }

  private boolean isOpenAfter(Duration silence) {
    connection.advanceTimeBy(silence.toMillis(), TimeUnit.MILLISECONDS);
    connection.runScheduledPendingTasks();
    return connection.isOpen();
  }

  @Test
  void theFirstRequestHasToComeSoon() {
    open();
    assertTrue(isOpenAfter(Duration.ofSeconds(4)));
    assertFalse(isOpenAfter(Duration.ofSeconds(1)));
  }

  @Test
  void thoseBehindItMayTakeLonger() {
    open();
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.headers().set("Host", "localhost");
    connection.writeInbound(request);
    assertTrue(isOpenAfter(Duration.ofSeconds(19)));
    assertFalse(isOpenAfter(Duration.ofSeconds(1)));
  }
}
