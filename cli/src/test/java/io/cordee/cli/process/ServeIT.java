package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ServeIT extends InFolder {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @Tag("slow")
  @Test
  void aModelIsServedAlsoWhenItsFileChangesUntilCtrlC() throws Exception {
    Path first = Typed.train(folder.resolve("first"), "--set=stop.rounds=1").model();
    Path second = Typed.train(folder.resolve("second"), "--set=stop.rounds=3").model();
    Path model = Files.copy(first, folder.resolve("model.safetensors"));
    try (CordeeProcess serve =
        cordee().start("serve", "--model=model.safetensors", "--listen=127.0.0.1:0")) {
      serve.awaitOut("serving model.safetensors at ");
      URI site = URI.create(serve.said("model.safetensors at "));
      String old = predict(site);
      assertTrue(old.startsWith("row,class,output0,"), old);
      Path draft = Files.copy(second, folder.resolve("draft"));
      Files.move(draft, model, StandardCopyOption.REPLACE_EXISTING);
      serve.await("the new model", () -> !predict(site).equals(old));
      serve.interrupt();
      assertEquals(0, serve.awaitEnd().exitCode());
    }
  }

  private static String predict(URI site) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(site.resolve("/predict"))
            .header("Content-Type", "text/csv")
            .header("Accept", "text/csv")
            .POST(HttpRequest.BodyPublishers.ofString("9,".repeat(63) + "9\n"))
            .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
