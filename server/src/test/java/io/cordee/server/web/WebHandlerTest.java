package io.cordee.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.server.MadeUpJob;
import io.cordee.server.connection.Lobby;
import io.cordee.server.observe.Observation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
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
    addHandlers(Map.of());
  }

  private void addHandlers(Map<String, Route> routes) {
    Site site = Site.ofPages(routes);
    Lobby lobby = new Lobby(new Lobby.Room(1, 1, 1, 1), (peer, why) -> {});
    WebServer.addHttp(connection.pipeline(), site)
        .addLast(new WebHandler(door, new Sessions(Optional.empty(), false), lobby, site));
    connection.pipeline().fireChannelActive();
  }

  private void say(String text) {
    connection.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
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

  /** Its peer takes nothing once it has asked for events. */
  private void openStream(boolean isRead) {
    connection.freezeTime();
    connection
        .pipeline()
        .addLast(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void write(
                  ChannelHandlerContext context, Object data, ChannelPromise written) {
                ReferenceCountUtil.release(data);
                if (isRead) {
                  written.setSuccess();
                }
              }
            });
    EventStreams page = new EventStreams(new Observation(MadeUpJob.job(), 1));
    addHandlers(WebServer.ofJob(Optional.of(page), Route.BEGIN_SESSION).routes());
    say("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  @Test
  void aStreamOfEventsThatTakesNothingForTenSecondsIsCutOff() {
    openStream(false);
    assertTrue(isOpenAfter(Duration.ofSeconds(9)));
    assertFalse(isOpenAfter(Duration.ofSeconds(1)));
  }

  @Test
  void aStreamOfEventsThatIsReadStays() {
    openStream(true);
    assertTrue(isOpenAfter(Duration.ofHours(1)));
  }

  @Test
  void thoseBehindItMayTakeLonger() {
    open();
    say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertTrue(isOpenAfter(Duration.ofSeconds(19)));
    assertFalse(isOpenAfter(Duration.ofSeconds(1)));
  }

  @Test
  void aBodyThatDoesNotComeIsRefused() {
    open();
    say("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na");
    assertTrue(isOpenAfter(Duration.ofSeconds(19)));
    assertFalse(isOpenAfter(Duration.ofSeconds(1)));
    ByteBuf answer = connection.readOutbound();
    String status = answer.toString(StandardCharsets.US_ASCII).lines().findFirst().orElseThrow();
    assertEquals("HTTP/1.1 408 Request Timeout", status);
    answer.release();
  }
}
