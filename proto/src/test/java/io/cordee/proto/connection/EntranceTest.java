package io.cordee.proto.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class EntranceTest {

  private final EmbeddedChannel connection = new EmbeddedChannel();

  @Test
  void whatIsAdmittedIsServed() {
    EmbeddedChannel listening = new EmbeddedChannel(Entrance.door(accepted -> true));
    listening.writeInbound(connection);
    assertEquals(connection, listening.readInbound());
  }

  @Test
  void whatIsNotAdmittedIsClosedAndNotServed() {
    EmbeddedChannel listening = new EmbeddedChannel(Entrance.door(accepted -> false));
    listening.writeInbound(connection);
    assertNull(listening.readInbound());
    assertFalse(connection.isOpen());
  }
}
