package io.cordee.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void areFreeAndDifferentAndNoneIsGivenToAConnection() throws IOException {
    List<InetSocketAddress> ports = Ports.free(50);
    assertEquals(50, new HashSet<>(ports).size());
    for (InetSocketAddress address : ports) {
      assertTrue(address.getPort() >= 1024 && address.getPort() < 32_768, address.toString());
      new ServerSocket(address.getPort(), 1, InetAddress.getLoopbackAddress()).close();
    }
  }
}
