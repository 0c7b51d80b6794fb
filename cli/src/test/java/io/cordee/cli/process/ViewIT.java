package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import io.cordee.server.TestAuthority;
import io.cordee.server.TestAuthority.Issued;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class ViewIT extends InFolder {

  @Test
  void trainShowsWhereItCanBeLookedAtAndTrainsToTheSameBits() {
    List<String> quiet = Typed.train(folder.resolve("quiet"), "--set=stop.rounds=20").digests();
    Ended ended =
        cordee()
            .run(
                "train",
                "--ui=127.0.0.1:0",
                "--metrics=localhost:0",
                "--set=stop.rounds=20",
                "--workers=2",
                "--out=seen")
            .expectSuccess();
    ended.expectOut("page at http://127.0.0.1:");
    assertTrue(
        ended.out().matches("(?s).*metrics at http://localhost:\\d+/metrics\n.*"), ended::out);
    assertEquals(quiet, cordee().runFolder("seen").digests());
  }

  @Test
  void aTeamWithinTheProcessShowsTheSamePage() throws Exception {
    try (CordeeProcess training =
        cordee()
            .start(
                "train",
                "--in-process",
                "--workers=2",
                "--ui=127.0.0.1:0",
                "--set=stop.rounds=1000000",
                "--out=seen")) {
      URI page = URI.create(training.said("page at "));
      training.await(
          "rounds, contributions and both workers among the figures",
          () -> {
            String figures = get(page.resolve("/metrics"));
            return figures.contains("\ncordee_workers 2")
                && Pattern.compile("^cordee_rounds_total [1-9]", Pattern.MULTILINE)
                    .matcher(figures)
                    .find()
                && Pattern.compile("^cordee_contributions_total [1-9]", Pattern.MULTILINE)
                    .matcher(figures)
                    .find();
          });
      assertTrue(get(page).startsWith("<!doctype html>"));
      training.interrupt();
      training.awaitEnd();
    }
  }

  @Test
  void runsAreServedUntilCtrlC() throws Exception {
    Files.createDirectories(folder.resolve("runs"));
    try (CordeeProcess ui = cordee().start("ui", "--listen=127.0.0.1:0")) {
      URI page = URI.create(ui.said("page at "));
      assertTrue(get(page).contains("No run has finished yet."), ui::out);
      Typed.train(folder.resolve("runs/first"), "--set=stop.rounds=2");
      assertTrue(get(page).contains("digits rprop completed"), ui::out);
      assertEquals("cannot listen on", taken(page.getPort()).substring(0, 16));
      ui.interrupt();
      assertEquals(130, ui.awaitEnd().exitCode());
    }
    Typed.run("ui", path("none"))
        .expectOneLine(1, "none: no such folder; expected a folder of runs");
    Typed.run("ui", folder.toString(), "--listen=0.0.0.0:0")
        .expectOneLine(2, "cordee ui serves this machine only");
  }

  private String taken(int port) throws IOException {
    return Typed.run("ui", folder.toString(), "--listen=127.0.0.1:" + port).expectOneLine(1);
  }

  @Test
  void anAddressThatIsTakenIsSaidBeforeAnythingIsBegun() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      for (String option : List.of("--ui", "--metrics")) {
        String line =
            Typed.run("server", option + "=" + address, "--out=" + folder.resolve("run"))
                .expectOneLine(1);
        assertEquals(
            "cannot listen on "
                + address
                + ": Address already in use; stop what listens there, or give another "
                + option
                + " HOST:PORT",
            line);
      }
      assertFalse(Files.exists(folder.resolve("run")));
    }
  }

  @Test
  void plainTextAndOpenDoorsAreForThisMachine() throws IOException {
    Typed.run("server", "--ui=0.0.0.0:0")
        .expectOneLine(
            2,
            "--ui 0.0.0.0:0 is not a loopback address",
            "give --tls-cert and --tls-key, or --insecure");
    Typed.run("train", "--ui=0.0.0.0:0")
        .expectOneLine(2, "--ui 0.0.0.0:0 is not a loopback address");
    Typed.run("server", "--shard=1/2", "--lead=127.0.0.1:1", "--ui=127.0.0.1:0")
        .expectOneLine(2, "--ui is for shard 0");
    Typed.run("train", "--ui=nonsense").expectOneLine(2, "expected HOST:PORT");
  }

  @Test
  void metricsAreForThoseWhoShowTheToken() throws Exception {
    Path token = write("token", "the-rope-that-holds-us-all\n");
    try (CordeeProcess server = cordee().server("--metrics=127.0.0.1:0", "--token-file=" + token)) {
      URI at = URI.create(server.said("metrics at "));
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest.Builder request = HttpRequest.newBuilder(at);
      var text = HttpResponse.BodyHandlers.ofString();
      assertEquals(401, client.send(request.build(), text).statusCode());
      request.header("Authorization", "Bearer the-rope-that-holds-us-all");
      HttpResponse<String> shown = client.send(request.build(), text);
      assertEquals(200, shown.statusCode());
      assertTrue(shown.body().contains("cordee_job_info{job=\"digits\",optimizer=\"rprop\"} 1\n"));
      assertFalse(shown.body().contains("cordee_loss "), "nothing is measured yet");
    }
  }

  @Test
  void byTlsThePageIsThereForBrowsersThatKnowTheAuthority() throws Exception {
    TestAuthority alps = TestAuthority.in(folder, "alps");
    Issued issued = alps.issue("server", "127.0.0.1", "localhost");
    try (CordeeProcess server =
        cordee()
            .server(
                "--ui=127.0.0.1:0",
                "--tls-cert=" + issued.certificate(),
                "--tls-key=" + issued.key())) {
      URI at = URI.create(server.said("page at "));
      assertEquals("https", at.getScheme());
      HttpRequest request = HttpRequest.newBuilder(at).build();
      HttpClient knows = HttpClient.newBuilder().sslContext(trusting(alps.file())).build();
      var text = HttpResponse.BodyHandlers.ofString();
      assertTrue(knows.send(request, text).body().startsWith("<!doctype html>"));
      assertThrows(IOException.class, () -> HttpClient.newHttpClient().send(request, text));
      // An intruder with plain text does not disturb it.
      HttpRequest plain =
          HttpRequest.newBuilder(URI.create(at.toString().replace("https", "http"))).build();
      assertThrows(IOException.class, () -> knows.send(plain, text));
      assertEquals(200, knows.send(request, text).statusCode());
    }
  }

  private static String get(URI at) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(at).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static SSLContext trusting(Path authority) throws Exception {
    KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
    anchors.load(null, null);
    try (InputStream in = Files.newInputStream(authority)) {
      anchors.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
