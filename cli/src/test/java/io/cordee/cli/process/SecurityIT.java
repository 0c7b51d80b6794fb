package io.cordee.cli.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.server.TestAuthority;
import io.cordee.server.TestAuthority.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Processes that authenticate by certificates and a token; and intruders. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class SecurityIT extends InFolder {

  private static final String SECRET = "the-rope-that-holds-us-all";
  private static final String ROUNDS = "--set=stop.rounds=4";

  private static final String JAVAS_OWN_TLS = "-Dio.netty.handler.ssl.noOpenSsl=true";

  private TestAuthority alps;
  private List<String> serverFiles;
  private List<String> workerFiles;
  private String token;

  @BeforeEach
  void issue() throws IOException {
    alps = TestAuthority.in(folder, "alps");
    serverFiles = options(alps.issue("server", "127.0.0.1", "localhost"));
    workerFiles = options(alps.issue("worker"));
    token = "--token-file=" + secret("token", SECRET);
  }

  private Path secret(String name, String text) throws IOException {
    Path file = write(name, text + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static List<String> options(Issued issued) {
    return List.of("--tls-cert=" + issued.certificate(), "--tls-key=" + issued.key());
  }

  private String authority() {
    return "--tls-ca=" + alps.file();
  }

  private static List<String> and(List<String> first, String... more) {
    return and(first, List.of(more));
  }

  private static List<String> and(List<String> first, List<String> more) {
    return Stream.concat(first.stream(), more.stream()).toList();
  }

  private CordeeProcess server(String... more) {
    List<String> arguments =
        and(List.of("server", "--listen=127.0.0.1:0", "--out=run", authority(), token));
    return cordee().start(and(arguments, serverFiles), more);
  }

  private List<String> worker(String address, String... more) {
    return and(List.of("worker", "--server=" + address, "--threads=1"), more);
  }

  private List<String> trustedWorker(String address) {
    return and(worker(address, authority(), token), workerFiles);
  }

  private void expectRefused(List<String> worker, String... parts) {
    Ended ended = Typed.run(worker);
    ended.expectFailure(parts);
    assertFalse(ended.err().contains(SECRET), "the token is not told");
  }

  @Test
  void whoHasCertificateAndTokenWorksAlongAndNobodyElse() throws IOException {
    List<String> digests = Typed.train(folder.resolve("plain"), ROUNDS).digests();
    Path wrong = secret("wrong", "the-rope-that-holds-nobody");
    try (CordeeProcess server = server(ROUNDS, "--workers=2")) {
      String address = server.address();
      List<String> known = and(worker(address, authority()), workerFiles);
      expectRefused(known, "requires a token; give the token file");
      expectRefused(and(known, "--token-file=" + wrong), "is not this server's");

      // BoringSSL talks to Java's own TLS.
      try (CordeeProcess first = cordee().start(trustedWorker(address));
          CordeeProcess second =
              cordee()
                  .with("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", JAVAS_OWN_TLS)
                  .start(trustedWorker(address))) {
        Ended ended = server.awaitEnd().expectSuccess();
        first.awaitEnd().expectSuccess();
        second.awaitEnd().expectSuccess();
        ended.expectOut("--tls-ca FILE --tls-cert FILE");
      }
    }
    Run run = run();
    assertEquals(digests, run.digests());
    assertEquals(1, run.logged("refused 127.0.0.1: the token is not"));
    assertNowhere(SECRET, folder.resolve("run"));
  }

  private static void assertNowhere(String secret, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> assertFalse(read(file).contains(secret), file::toString));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shardsKnowEachOtherAsWell() {
    List<String> digests = Typed.train(folder.resolve("plain"), ROUNDS).digests();
    try (CordeeProcess lead = server(ROUNDS, "--shard=0/2")) {
      String first = lead.address();
      List<String> other =
          List.of("server", "--listen=127.0.0.1:0", "--shard=1/2", "--lead=" + first, authority());
      Ended refused = Typed.run(and(other, serverFiles));
      refused.expectFailure("shard 0 at " + first, "requires a token");
      try (CordeeProcess shard = cordee().start(and(other, serverFiles), token);
          CordeeProcess worker = cordee().start(trustedWorker(first + "," + shard.address()))) {
        worker.awaitEnd().expectSuccess();
        lead.awaitEnd().expectSuccess();
        shard.awaitEnd().expectSuccess();
      }
    }
    assertEquals(digests, run().digests());
  }

  @Test
  void healthIsAskedByTlsAndWithoutTheToken() {
    try (CordeeProcess server = server()) {
      String address = server.address();
      List<String> health = and(List.of("health", address, "--timeout=60"), authority());
      Ended ended = Typed.run(and(health, workerFiles));
      assertEquals("SERVING\n", ended.expectSuccess().out());
      Typed.run(health).expectOneLine(1, "this side has none; give --tls-cert");
      Typed.run("health", address, "--timeout=60")
          .expectOneLine(1, "speaks TLS, this side plain text");
    }
  }

  // ---- what the operator sees ----

  @Test
  void refusedPeersAreNamedOnTheConsoleThoughNoRoundHasBegun() throws IOException {
    Path version = folder.resolve("other/io/cordee/proto/version.txt");
    Files.createDirectories(version.getParent());
    Files.writeString(version, "0.0.1");
    try (CordeeProcess server = cordee().server("--workers=1")) {
      String address = server.address();
      cordee()
          .with("-Xbootclasspath/a:" + folder.resolve("other"))
          .run("worker", "--server=" + address, "--threads=1");
      Typed.run(worker(address, authority()));
      try (Socket scraper =
          new Socket(InetAddress.getLoopbackAddress(), HostAndPort.parse(address).port())) {
        scraper.getOutputStream().write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
        // A socket that is closed unread is reset, and its request may be lost.
        scraper.setSoTimeout((int) CordeeProcess.PATIENCE.toMillis());
        scraper.getInputStream().readAllBytes();
      }
      for (String why :
          List.of(
              "the worker is Cordee 0.0.1 (protocol 2); run the same version of Cordee",
              "it speaks TLS, this server plain text; leave out --tls-ca there, or start",
              "it does not speak HTTP/2, as workers do")) {
        server.awaitErr(why);
        String line = server.err().lines().filter(each -> each.contains(why)).findAny().get();
        assertTrue(line.contains(" server WARN "), line);
        assertTrue(line.contains(" refused 127.0.0.1: "), line);
      }
      assertEquals(3, server.err().lines().count(), server::err);
      server.interrupt();
      server.awaitEnd();
    }
  }

  @Test
  void aServerWithCertificatesNamesWhoHasNoneOrSpeaksPlainText() {
    try (CordeeProcess server = server("--workers=1")) {
      String address = server.address();
      Typed.run(worker(address, authority(), token));
      Typed.run(worker(address, token));
      server.awaitErr("refused 127.0.0.1: TLS handshake failed: ");
      server.awaitErr(
          "refused 127.0.0.1: it does not speak TLS, this server does; give it --tls-ca");
      server.interrupt();
      server.awaitEnd();
    }
  }

  // ---- plain text ----

  @Test
  void plainTextDoesNotLeaveThisMachineUnlessItIsAskedFor() throws Exception {
    String line = cordee().run("server", "--listen=0.0.0.0:0", "--out=run").expectOneLine(2);
    assertTrue(line.startsWith("--listen 0.0.0.0:0 is not a loopback address"), line);
    assertTrue(line.contains("--tls-cert"), line);
    assertTrue(line.contains("--insecure"), line);
    assertFalse(Files.exists(folder.resolve("run")), "nothing is begun");

    line = Typed.run("worker", "--server=127.0.0.1:1,cordee.invalid:7311").expectOneLine(2);
    assertTrue(line.startsWith("--server cordee.invalid:7311 is not a loopback address"), line);

    try (CordeeProcess server =
        cordee()
            .start(List.of("server", "--listen=0.0.0.0:0", "--insecure", "--out=run", ROUNDS))) {
      String port = server.address().split(":")[1];
      String host = otherAddress().orElse("127.0.0.1");
      try (CordeeProcess worker = cordee().start(worker(host + ":" + port, "--insecure"))) {
        worker.awaitEnd().expectSuccess();
        server.awaitEnd().expectSuccess();
      }
    }
  }

  /** An address of this machine that is not the loopback's. */
  private static Optional<String> otherAddress() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress() && address.getAddress().length == 4)
        .map(InetAddress::getHostAddress)
        .findFirst();
  }

  @Test
  void optionsThatDoNotGoTogetherAreRefused() {
    for (String[] wrong :
        new String[][] {
          {
            "-key.pem: expected --tls-cert and --tls-key, found this one alone",
            "server",
            serverFiles.get(1)
          },
          {
            ".pem: expected --tls-cert and --tls-key, found this one alone",
            "server",
            serverFiles.get(0)
          },
          {"--tls-ca needs --tls-cert and --tls-key", "server", authority()},
          {
            "--tls-cert needs --tls-ca",
            "worker",
            "--server=127.0.0.1:1",
            workerFiles.get(0),
            workerFiles.get(1)
          },
          {"give only one of them", "worker", "--server=127.0.0.1:1", authority(), "--insecure"},
          {"--workers 9 is more than --max-workers 8", "server", "--workers=9", "--max-workers=8"},
          {"none.pem: no such file", "worker", "--server=127.0.0.1:1", "--tls-ca=none.pem"},
          {
            "needs --lead-ca",
            "server",
            "--shard=1/2",
            "--lead=127.0.0.1:1",
            serverFiles.get(0),
            serverFiles.get(1)
          }
        }) {
      Typed.run(Stream.of(wrong).skip(1).toList()).expect(2, wrong[0]);
    }
  }

  @Test
  void aLocalTeamHasATokenThatNobodyIsShown() {
    List<String> arguments =
        List.of("train", "--set=stop.rounds=1000000", "--workers=1", "--out=run");
    try (CordeeProcess training = cordee().start(arguments)) {
      Run run = run();
      training.await("the first round", () -> run.measured() > 1);
      String address = training.told("--server", "worker-1");
      expectRefused(worker(address), "requires a token");
      training.interruptAll();
      training.awaitEnd();
      training.awaitNothingLeft();
    }
  }
}
