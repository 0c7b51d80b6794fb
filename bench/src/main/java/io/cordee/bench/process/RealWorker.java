package io.cordee.bench.process;

import io.cordee.bench.MadeUpImages;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.worker.Worker;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.ServerLink;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** A real worker, from which leases are held back while it is another team's turn. */
public final class RealWorker implements Role {

  private final Gate gate = new Gate();
  private final Worker worker;

  /** Takes the server as host:port, and the data folder. */
  public RealWorker(String[] arguments) {
    String[] address = arguments[0].split(":");
    ServerLink link = GrpcServerLink.open(address[0], Integer.parseInt(address[1]));
    Connector connector = Connector.to(keepingLeasesBack(link));
    worker = new Worker(connector, "bench", 1, List.of(Path.of(arguments[1])));
  }

  /**
   * Starts a team of such workers, of one thread each, on this machine.
   *
   * @param data where {@link MadeUpImages} are
   * @param job besides data and stop conditions, as YAML
   */
  public static BenchTeam team(Path data, int workers, String job)
      throws IOException, InterruptedException {
    return BenchTeam.start(
        Host.HERE,
        Collections.nCopies(workers, Host.HERE),
        job + "stop: {rounds: 1000000000}\n" + MadeUpImages.jobSection(),
        RealWorker.class,
        data.toString());
  }

  private ServerLink keepingLeasesBack(ServerLink server) {
    return (ServerLink)
        Proxy.newProxyInstance(
            ServerLink.class.getClassLoader(),
            new Class<?>[] {ServerLink.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(server, arguments);
                if (result instanceof ServerMessage message && message.hasLease()) {
                  gate.pass();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public String greeting() {
    Thread thread = new Thread(this::work, "work");
    thread.setDaemon(true);
    thread.start();
    return "ready";
  }

  private void work() {
    Worker.End end = worker.run();
    System.err.println("a job without end has ended: " + end.message());
    System.exit(1);
  }

  @Override
  public void run(int rounds) throws InterruptedException {
    gate.open(rounds);
  }
}
