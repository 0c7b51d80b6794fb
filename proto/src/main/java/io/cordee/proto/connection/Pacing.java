package io.cordee.proto.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetSocketAddress;

/**
 * Has Linux space out the packets of a connection between machines. Where every host sends and
 * receives at once, acknowledgements queue behind data and arrive together, so that TCP sends a
 * whole window at once, and several to one host while another gets none (Zhang, Shenker and Clark,
 * "Observations on the dynamics of a congestion control algorithm", SIGCOMM 1991).
 */
final class Pacing {

  private static final int SOL_SOCKET = 1;

  /** Any limit turns pacing on; below it, the rate follows from TCP's window. */
  private static final ChannelOption<Integer> RATE =
      new IntegerUnixChannelOption("SO_MAX_PACING_RATE", SOL_SOCKET, 47);

  /** As an unsigned number the highest but the one for no limit: 4.3 GB/s. */
  private static final int BYTES_PER_SECOND = -2;

  private Pacing() {}

  /** Nothing changes on loopback, on other systems, or for sockets without this option. */
  static void start(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress peer)
        || peer.getAddress().isLoopbackAddress()
        || !(channel.localAddress() instanceof InetSocketAddress own)
        || own.getAddress().equals(peer.getAddress())) {
      return;
    }
    try {
      channel.config().setOption(RATE, BYTES_PER_SECOND);
    } catch (ChannelException e) {
      // A kernel without it sends as it always has.
    }
  }
}
