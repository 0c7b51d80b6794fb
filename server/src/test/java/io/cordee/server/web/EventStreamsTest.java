package io.cordee.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Tally;
import io.cordee.server.MadeUpJob;
import io.cordee.server.observe.Observation;
import io.cordee.server.training.Measurement;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class EventStreamsTest {

  private final Observation observation = new Observation(MadeUpJob.job(), 1);
  private final EventStreams streams = new EventStreams(observation);

  private void measure(int from, int to) {
    for (int round = from; round < to; round++) {
      observation.measured(
          Measurement.of(
              List.of(),
              round,
              new Tally(10, 10, 5, 0),
              new Evaluated(Optional.empty(), Optional.empty()),
              Optional.empty(),
              round,
              OptionalDouble.empty(),
              ""));
    }
  }

  private EmbeddedChannel open() {
    EmbeddedChannel channel = new EmbeddedChannel();
    streams.add(channel);
    return channel;
  }

  private record Message(String event, List<Integer> rounds) {}

  private static List<Message> read(EmbeddedChannel channel) {
    List<Message> messages = new ArrayList<>();
    for (HttpContent content = channel.readOutbound();
        content != null;
        content = channel.readOutbound()) {
      String text = content.content().toString(StandardCharsets.UTF_8);
      content.release();
      if (text.startsWith("event: ")) {
        String[] lines = text.split("\n");
        JsonObject json = JsonParser.parseString(lines[1].substring(6)).getAsJsonObject();
        List<Integer> rounds = new ArrayList<>();
        json.getAsJsonArray("points")
            .forEach(p -> rounds.add(p.getAsJsonArray().get(0).getAsInt()));
        messages.add(new Message(lines[0].substring(7), rounds));
      }
    }
    return messages;
  }

  private static void isReading(EmbeddedChannel channel, boolean does) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, does);
  }

  @Test
  void whoReadsIsToldWhatIsNewAlone() {
    measure(0, 3);
    EmbeddedChannel page = open();
    assertEquals(List.of(new Message("state", List.of(0, 1, 2))), read(page));
    streams.tick();
    read(page);
    measure(3, 5);
    streams.tick();
    // The previous point is sent again, as it may stand for more rounds now.
    assertEquals(List.of(new Message("news", List.of(2, 3, 4))), read(page));
  }

  @Test
  void whoDoesNotReadMissesWhatIsBetweenAndGetsEverythingLater() {
    measure(0, 2);
    EmbeddedChannel page = open();
    EmbeddedChannel slow = open();
    read(slow);
    isReading(slow, false);
    for (int round = 2; round < 50; round++) {
      measure(round, round + 1);
      streams.tick();
    }
    assertEquals(List.of(), read(slow));
    assertEquals(1 + 48, read(page).size());
    isReading(slow, true);
    streams.tick();
    List<Message> late = read(slow);
    assertEquals(1, late.size());
    assertEquals("state", late.get(0).event());
    assertEquals(50, late.get(0).rounds().size());
    streams.tick();
    assertEquals("news", read(slow).get(0).event());
  }

  @Test
  void whenPointsAreThinnedEverybodyGetsThemAnew() {
    measure(0, 600);
    EmbeddedChannel page = open();
    streams.tick();
    read(page);
    measure(600, 1000);
    streams.tick();
    Message message = read(page).get(0);
    assertEquals("state", message.event());
    assertEquals(500, message.rounds().size());
    assertTrue(message.rounds().stream().allMatch(round -> round % 2 == 0));
  }

  @Test
  void aPageThatIsClosedIsForgotten() {
    for (int i = 0; i < 1000; i++) {
      open().close();
    }
    assertTrue(streams.hasRoom(new InetSocketAddress(80)));
  }

  @Test
  void oneAddressLeavesRoomForOthers() {
    for (int i = 0; i < EventStreams.MOST_OF_ONE; i++) {
      assertTrue(streams.hasRoom(peer("10.0.0.1", i)));
      open(peer("10.0.0.1", i));
    }
    assertFalse(streams.hasRoom(peer("10.0.0.1", 99)));
    while (streams.hasRoom(peer("2001:db8::1", 99))) {
      open(peer("2001:db8::2", 99)); // of the same network
    }
    assertFalse(streams.hasRoom(peer("10.0.0.3", 99)), "there are enough in all");
  }

  private static InetSocketAddress peer(String address, int port) {
    return new InetSocketAddress(address, port);
  }

  private void open(SocketAddress peer) {
    streams.add(
        new EmbeddedChannel() {
          @Override
          protected SocketAddress remoteAddress0() {
            return peer;
          }
        });
  }
}
