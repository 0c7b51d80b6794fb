package io.cordee.server.web;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.server.MadeUpJob;
import io.cordee.server.connection.Lobby;
import io.cordee.server.observe.Observation;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
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
    connection.pipeline().addLast(handler(Optional.empty()));
    connection.pipeline().fireChannelActive();
  }

  private WebHandler handler(Optional<EventStreams> page) {
    return new WebHandler(
        door,
        new Sessions(Optional.empty(), false),
        new Lobby(new Lobby.Room(1, 1, 1, 1), (peer, why) -> {}),
        Map.of(),
        page,
        Map.of());
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
    WebServer.addHttp(connection.pipeline()).addLast(handler(Optional.of(page)));
    connection.pipeline().fireChannelActive();
    String request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    connection.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
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
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.headers().set("Host", "localhost");
    connection.writeInbound(request);
    assertTrue(isOpenAfter(Duration.ofSeconds(19)));
    assertFalse(isOpenAfter(Duration.ofSeconds(1)));
  }
}
