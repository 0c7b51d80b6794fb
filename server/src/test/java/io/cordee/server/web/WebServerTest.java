package io.cordee.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Tally;
import io.cordee.server.MadeUpJob;
import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Observation;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.web.RawHttp.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WebServerTest {

  private static final String TOKEN = "a-token-of-more-than-16-characters";
  private static final String BEARER = "Authorization: Bearer " + TOKEN;

  private final Observation observation = new Observation(MadeUpJob.job("optimizer.name=rprop"), 1);
  private final List<WebServer> open = new ArrayList<>();

  @AfterEach
  void closeAll() {
    open.forEach(WebServer::close);
  }

  private int serve(Optional<Predicate<String>> token, Set<String> names) throws IOException {
    return serve(
        new Door(Optional.empty(), token, names),
        Optional.of(observation),
        Metrics.of(observation));
  }

  private int serve(Door door, Optional<Observation> shown, Metrics metrics) throws IOException {
    WebServer server =
        new WebServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), door, shown, metrics);
    open.add(server);
    return server.port();
  }

  private int serveAll() throws IOException {
    return serve(Optional.empty(), Set.of());
  }

  private int serveWithToken() throws IOException {
    return serve(Optional.of(TOKEN::equals), Set.of());
  }

  private void measure(int round) {
    observation.measured(
        Measurement.of(
            List.of(),
            round,
            new Tally(10, 5.0 / (round + 1), 5, 0),
            new Evaluated(Optional.empty(), Optional.empty()),
            Optional.empty(),
            round,
            OptionalDouble.empty(),
            ""));
  }

  // ---- content ----

  @Test
  void thePageAndAllThatItNeedsComeFromHere() throws IOException {
    int port = serveAll();
    Answer page = RawHttp.get(port, "/");
    assertEquals(200, page.status());
    assertEquals("text/html; charset=utf-8", page.header("content-type").orElseThrow());
    for (String part : page.body().split("(src|href)=\"")) {
      if (part.startsWith("/")) {
        String path = part.substring(0, part.indexOf('"'));
        assertEquals(200, RawHttp.get(port, path).status(), path);
      }
    }
    assertTrue(RawHttp.get(port, "/uplot.js").body().contains("uPlot"));
    assertFalse(page.body().contains("http://") || page.body().contains("https://"));
  }

  @Test
  void aPageThatHoldsAllItNeedsIsMadeForEachRequest() throws IOException {
    Door open = new Door(Optional.empty(), Optional.empty(), Set.of());
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (WebServer server = new WebServer(anywhere, open, () -> "<p>")) {
      Answer page = RawHttp.get(server.port(), "/?a");
      assertEquals("<p>", page.body());
      String policy = page.header("content-security-policy").orElseThrow();
      assertTrue(policy.contains("script-src 'unsafe-inline'; style-src 'unsafe-inline'"), policy);
      assertTrue(policy.contains("connect-src 'self'"), policy);
      for (String path : List.of("/api/state", "/metrics", "/events", "/page.js", "/api/session")) {
        assertEquals(404, RawHttp.get(server.port(), path).status(), path);
      }
    }
  }

  @Test
  void everyAnswerTellsTheBrowserToTakeNothingFromElsewhere() throws IOException {
    int port = serveAll();
    for (String path : List.of("/", "/page.js", "/api/state", "/metrics", "/nothing")) {
      Answer answer = RawHttp.get(port, path);
      String policy = answer.header("content-security-policy").orElseThrow();
      assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
      assertFalse(policy.contains("unsafe"), policy);
      assertEquals("nosniff", answer.header("x-content-type-options").orElseThrow());
      assertEquals("no-referrer", answer.header("referrer-policy").orElseThrow());
      assertEquals("no-store", answer.header("cache-control").orElseThrow());
    }
  }

  @Test
  void theStateIsJson() throws IOException {
    observation.started(3, 100);
    measure(0);
    measure(1);
    JsonObject state = state(serveAll());
    assertEquals("made-up", state.getAsJsonObject("job").get("name").getAsString());
    assertEquals("training", state.get("phase").getAsString());
    assertEquals(1, state.get("round").getAsInt());
    assertEquals(0.25, state.get("loss").getAsDouble());
    assertTrue(state.get("test").isJsonNull());
    assertEquals(2, state.getAsJsonArray("points").size());
    assertEquals(
        "training begins with 3 workers",
        state.getAsJsonArray("events").get(0).getAsJsonObject().get("text").getAsString());
  }

  @Test
  void whatAJobWaitsForIsToldUntilItBegins() throws IOException {
    int port = serveAll();
    assertTrue(state(port).get("gathering").isJsonNull());
    observation.gathers(new Figures.Gathering(3, Optional.of("cordee worker --server host:1")));
    JsonObject awaited = state(port).getAsJsonObject("gathering");
    assertEquals(3, awaited.get("workers").getAsInt());
    assertEquals("cordee worker --server host:1", awaited.get("join").getAsString());
    observation.started(3, 100);
    assertTrue(state(port).get("gathering").isJsonNull());
  }

  private static JsonObject state(int port) throws IOException {
    return JsonParser.parseString(RawHttp.get(port, "/api/state").body()).getAsJsonObject();
  }

  @Test
  void pathsLeadToNoFiles() throws IOException {
    int port = serveAll();
    for (String path :
        List.of(
            "/../../etc/passwd",
            "/..%2f..%2fetc/passwd",
            "/page.html",
            "//page.js",
            "/page.js/",
            "/api/state/../state",
            "/META-INF/MANIFEST.MF",
            "/%00",
            "*")) {
      assertEquals(404, RawHttp.get(port, path).status(), path);
    }
  }

  @Test
  void thereIsOnlySomethingToGet() throws IOException {
    int port = serveAll();
    for (String method : List.of("POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")) {
      try (RawHttp http = new RawHttp(port)) {
        http.say(method + " /api/state HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        assertTrue(http.line().orElseThrow().startsWith("HTTP/1.1 405 "), method);
      }
    }
  }

  @Test
  void whereMetricsAloneAreShownThereIsNothingElse() throws IOException {
    int port =
        serve(
            new Door(Optional.empty(), Optional.empty(), Set.of()),
            Optional.empty(),
            Metrics.of(observation.traffic()));
    Answer metrics = RawHttp.get(port, "/metrics");
    assertEquals(200, metrics.status());
    assertEquals(
        "text/plain; version=0.0.4; charset=utf-8", metrics.header("content-type").orElseThrow());
    for (String path : List.of("/", "/page.js", "/api/state", "/api/session", "/events")) {
      assertEquals(404, RawHttp.get(port, path).status(), path);
    }
  }

  // ---- access ----

  @Test
  void withATokenOnlyTheEmptyPageIsShownWithoutIt() throws IOException {
    int port = serveWithToken();
    assertEquals(200, RawHttp.get(port, "/").status());
    for (String path : List.of("/api/state", "/events", "/metrics", "/api/session")) {
      Answer answer = RawHttp.get(port, path);
      assertEquals(401, answer.status(), path);
      assertTrue(answer.header("www-authenticate").orElseThrow().startsWith("Bearer"));
      assertTrue(answer.header("set-cookie").isEmpty());
      for (String wrong :
          List.of(
              "Authorization: Bearer " + TOKEN + "x",
              "Authorization: Bearer ",
              "Authorization: " + TOKEN,
              "Cookie: cordee-" + port + "=" + TOKEN)) {
        assertEquals(401, RawHttp.get(port, path, wrong).status(), wrong);
      }
    }
    assertEquals(200, RawHttp.get(port, "/metrics", BEARER).status());
    assertEquals(200, RawHttp.get(port, "/api/state", BEARER).status());
  }

  @Test
  void whoHasShownTheTokenHoldsACookieThatIsNotTheToken() throws IOException {
    int port = serveWithToken();
    Answer session = RawHttp.get(port, "/api/session", BEARER);
    assertEquals(204, session.status());
    String cookie = session.header("set-cookie").orElseThrow();
    assertTrue(cookie.contains("; HTTPOnly"), cookie);
    assertTrue(cookie.contains("; SameSite=Strict"), cookie);
    assertFalse(cookie.contains(TOKEN), cookie);
    String shown = "Cookie: other=1; " + cookie.split(";")[0];
    assertEquals(200, RawHttp.get(port, "/api/state", shown).status());
    assertEquals(200, RawHttp.get(port, "/metrics", shown).status());
    // A session is this server's alone, and cannot be extended with itself.
    assertEquals(401, RawHttp.get(serveWithToken(), "/api/state", shown).status());
    assertEquals(401, RawHttp.get(port, "/api/session", shown).status());
  }

  @Test
  void aNameThatAnotherSitePointsHereIsRefused() throws IOException {
    int port = serve(Optional.empty(), Set.of("trainer.example"));
    for (String host :
        List.of(
            "127.0.0.1", "localhost:" + port, "[::1]:" + port, "Trainer.example:80", "10.1.2.3")) {
      assertEquals(200, RawHttp.get(port, "/api/state", "Host: " + host).status(), host);
    }
    for (String host :
        List.of(
            "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::1", "[]")) {
      assertEquals(421, RawHttp.get(port, "/api/state", "Host: " + host).status(), host);
    }
    Answer two = RawHttp.get(port, "/", "Host: localhost", "Host: evil.example");
    assertTrue(two.status() >= 400, two::toString);
  }

  // ---- bad requests ----

  @Test
  void whatIsNoRequestIsRefusedAndTheRestGoesOn() throws IOException {
    int port = serveAll();
    for (String nonsense :
        List.of(
            "nonsense\r\n\r\n",
            "GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
            "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(10_000) + "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n")) {
      try (RawHttp http = new RawHttp(port)) {
        http.say(nonsense);
        assertTrue(http.answer().status() >= 400, nonsense);
      }
    }
    assertEquals(200, RawHttp.get(port, "/api/state").status());
  }

  @Test
  void idleConnectionsKeepNobodyOut() throws IOException {
    int port = serveAll();
    List<RawHttp> idle = new ArrayList<>();
    try (RawHttp page = new RawHttp(port)) {
      page.say("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertTrue(page.line().orElseThrow().contains("200"));
      for (int i = 0; i < 300; i++) {
        idle.add(new RawHttp(port));
      }
      assertEquals(200, RawHttp.get(port, "/api/state").status());
      while (!page.line().orElseThrow().equals("event: news")) {
        continue;
      }
    } finally {
      for (RawHttp each : idle) {
        each.close();
      }
    }
  }

  @Test
  void anAddressThatIsTakenIsAnError() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      IOException e =
          assertThrows(
              IOException.class,
              () ->
                  new WebServer(
                      new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()),
                      new Door(Optional.empty(), Optional.empty(), Set.of()),
                      Optional.of(observation),
                      Metrics.of(observation)));
      assertTrue(e.getMessage().contains("in use"), e::getMessage);
    }
  }

  // ---- streams ----

  /** Reads up to the next event of this name. */
  private static JsonObject event(RawHttp stream, String name) throws IOException {
    for (; ; ) {
      String line = stream.line().orElseThrow();
      if (line.equals("event: " + name)) {
        return JsonParser.parseString(stream.line().orElseThrow().substring("data: ".length()))
            .getAsJsonObject();
      }
    }
  }

  private static RawHttp stream(int port) throws IOException {
    RawHttp stream = new RawHttp(port);
    stream.say("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return stream;
  }

  @Test
  void aStreamTellsEverythingFirstAndThenWhatIsNew() throws IOException {
    int port = serveAll();
    measure(0);
    try (RawHttp stream = stream(port)) {
      assertEquals(1, event(stream, "state").getAsJsonArray("points").size());
      observation.joined(new WorkerId(1, "nobody"), 1); // whose line is not known: no row
      measure(1);
      observation.warned("something");
      JsonObject news = event(stream, "news");
      while (news.getAsJsonArray("events").size() == 0) {
        news = event(stream, "news");
      }
      assertFalse(news.has("job"));
      assertEquals(1, news.get("round").getAsInt());
    }
  }

  @Tag("slow")
  @Test
  void whoAsksAgainBeforeTheAnswerIsThereLosesTheConnection() throws IOException {
    int port = serveAll();
    try (RawHttp stream = stream(port)) {
      event(stream, "state");
      stream.say("GET /api/state HTTP/1.1\r\nHost: localhost\r\n\r\n");
      while (stream.line().isPresent()) {
        // What was on its way.
      }
    }
    try (RawHttp flood = new RawHttp(port)) {
      String asked = "GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000);
      assertThrows(
          IOException.class,
          () -> {
            for (int i = 0; i < 1000; i++) {
              flood.say(asked); // and reads nothing
            }
          });
    }
    assertEquals(200, RawHttp.get(port, "/api/state").status());
  }

  @Test
  void whoLooksOnLearnsHowItEndedBeforeTheServerGoes() throws IOException {
    int port = serveAll();
    try (RawHttp stream = stream(port)) {
      event(stream, "state");
      observation.ended(new Outcome.Completed("completed after 2 rounds"), 2, "", Optional.empty());
      open.remove(0).close();
      String text = "";
      for (Optional<String> line = stream.line(); line.isPresent(); line = stream.line()) {
        text += line.get();
      }
      assertTrue(text.contains("\"phase\":\"completed\""), text);
    }
  }

  @Test
  void morePagesThanOneAddressMayHaveAreTurnedAway() throws IOException {
    int port = serveAll();
    List<RawHttp> pages = new ArrayList<>();
    try {
      for (int i = 0; i < EventStreams.MOST_OF_ONE; i++) {
        pages.add(stream(port));
        event(pages.get(i), "state");
      }
      Answer answer = RawHttp.get(port, "/events");
      assertEquals(503, answer.status());
      assertEquals(
          "at most 64 pages can be open at a time, and 32 from one address\n", answer.body());
    } finally {
      for (RawHttp each : pages) {
        each.close();
      }
    }
  }
}
