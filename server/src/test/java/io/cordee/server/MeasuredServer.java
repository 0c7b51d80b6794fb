package io.cordee.server;

import io.cordee.server.assembly.LeadRole;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.TrainingListener;
import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * A server in its own process, to measure its memory alone. It prints its port, then answers each
 * line with the bytes in use: direct memory, and heap after a collection.
 */
public final class MeasuredServer {

  private MeasuredServer() {}

  /** Argument: how many workers the first round waits for. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int workers = Integer.parseInt(args[0]);
    LeadRole role = Loopback.lead(LargeJob.job(), 1, workers, new TrainingListener() {});
    try (ParameterServer server = Loopback.server(role)) {
      System.out.println(server.port());
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (in.readLine() != null) {
        System.gc();
        System.out.println(direct() + " " + heap());
      }
    }
  }

  /** Bytes in use outside the heap. Netty allocates outside the JVM's pool, and counts itself. */
  public static long direct() {
    long pooled =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return pooled + Math.max(0, PlatformDependent.usedDirectMemory());
  }

  /** Bytes in use in the heap. */
  public static long heap() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
