package io.cordee.proto.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacingTest {

  /** A connection between two addresses, to a kernel that may not know the option. */
  private static final class Line extends EmbeddedChannel {
    private final String own;
    private final String peer;
    private final boolean isOld;
    private final List<String> options = new ArrayList<>();

    Line(String own, String peer, boolean isOld) {
      super(false);
      this.own = own;
      this.peer = peer;
      this.isOld = isOld;
    }

    @Override
    public SocketAddress localAddress() {
      return new InetSocketAddress(own, 4711);
    }

    @Override
    public SocketAddress remoteAddress() {
      return new InetSocketAddress(peer, 4712);
    }

    @Override
    public ChannelConfig config() {
      return new DefaultChannelConfig(this) {
        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
          options.add(option.name() + "=" + value);
          if (isOld) {
            throw new ChannelException("no such option");
          }
          return true;
        }
      };
    }
  }

  @Test
  void aLineBetweenMachinesIsPaced() {
    Line line = new Line("10.0.0.1", "10.0.0.2", false);
    Pacing.start(line);
    assertEquals(List.of("SO_MAX_PACING_RATE=-2"), line.options);
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, 127.0.0.1", "::1, ::1", "10.0.0.1, 10.0.0.1"})
  void whatStaysOnAMachineIsNot(String own, String peer) {
    Line line = new Line(own, peer, false);
    Pacing.start(line);
    assertEquals(List.of(), line.options);
  }

  @Test
  void aKernelWithoutItIsLeftAsItIs() {
    Line line = new Line("10.0.0.1", "10.0.0.2", true);
    Pacing.start(line);
    assertEquals(1, line.options.size());
  }

  @Test
  void aConnectionWithoutAddressesIsLeftAsItIs() {
    EmbeddedChannel channel = new EmbeddedChannel();
    Pacing.start(channel);
    channel.close();
  }
}
