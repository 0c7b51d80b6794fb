package io.cordee.server.web;

import io.cordee.server.connection.Lobby;
import io.cordee.server.observe.Curve;
import io.cordee.server.observe.Event;
import io.cordee.server.observe.Observation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The open pages, which get updates as server-sent events. Each update is encoded once for all of
 * them. One that does not read in time skips updates, and gets the full state later: at most one
 * message waits for it.
 *
 * <p>Used by the server's thread alone.
 */
final class EventStreams {

  /** Limits on open event streams: in all, and from one address. */
  static final int MOST = 64;

  static final int MOST_OF_ONE = MOST / 2;

  private final Observation observation;
  private final StateJson state;

  /** And whether each has everything up to what was sent last. */
  private final Map<Channel, Boolean> streams = new LinkedHashMap<>();

  // What has been sent to them.
  private int round;
  private int edition;
  private long event;

  EventStreams(Observation observation) {
    this.observation = observation;
    this.state = new StateJson(observation);
  }

  String everything() {
    return state.everything();
  }

  boolean hasRoom(SocketAddress peer) {
    Object host = Lobby.host(peer);
    Stream<Object> hosts =
        streams.keySet().stream().map(other -> Lobby.host(other.remoteAddress()));
    return streams.size() < MOST && hosts.filter(host::equals).count() < MOST_OF_ONE;
  }

  /** A stream whose header is written. */
  void add(Channel stream) {
    streams.put(stream, false);
    stream.closeFuture().addListener(closed -> streams.remove(stream));
    write(stream, text("retry: 2000\n\n"));
    ByteBuf everything = message("state", state.everything());
    write(stream, everything);
    streams.put(stream, true);
  }

  void tick() {
    observation.look();
    if (streams.isEmpty()) {
      return;
    }
    Curve curve = observation.curveFrom(round);
    List<Event> events = observation.eventsAfter(event);
    if (curve.edition() != edition) {
      streams.replaceAll((stream, isCurrent) -> false);
      edition = curve.edition();
      curve = observation.curveFrom(0);
    }
    ByteBuf news = message("news", state.news(curve, events));
    ByteBuf everything = Unpooled.EMPTY_BUFFER;
    for (Map.Entry<Channel, Boolean> entry : List.copyOf(streams.entrySet())) {
      Channel stream = entry.getKey();
      if (!stream.isWritable()) {
        streams.replace(stream, false);
      } else if (entry.getValue()) {
        write(stream, news.retainedDuplicate());
      } else {
        if (!everything.isReadable()) {
          everything = message("state", state.everything());
        }
        write(stream, everything.retainedDuplicate());
        streams.replace(stream, true);
      }
    }
    news.release();
    everything.release();
    if (!curve.points().isEmpty()) {
      round = curve.points().get(curve.points().size() - 1).round();
    }
    if (!events.isEmpty()) {
      event = events.get(events.size() - 1).number();
    }
  }

  void end() {
    for (Channel stream : List.copyOf(streams.keySet())) {
      stream
          .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static void write(Channel stream, ByteBuf text) {
    stream.writeAndFlush(new DefaultHttpContent(text));
  }

  private static ByteBuf message(String event, String data) {
    return text("event: " + event + "\ndata: " + data + "\n\n");
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }
}
