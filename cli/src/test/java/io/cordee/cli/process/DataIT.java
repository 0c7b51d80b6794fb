package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import io.cordee.worker.fetch.FashionMnistFetcher;
import io.cordee.worker.fetch.RemoteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class DataIT extends InFolder {

  @Test
  void fashionMnistIsCopiedFromWhereTheSystemHasIt() throws IOException {
    Path installed = FashionMnist.installedFolder();
    // No server is asked: there is none at this address.
    String nowhere = "http://127.0.0.1:" + Cordee.freePort() + "/";

    Ended ended = fetch(nowhere).expectSuccess();

    for (RemoteFile file : FashionMnistFetcher.FILES) {
      Path copy = folder.resolve("copy").resolve(file.name());
      assertEquals(-1, Files.mismatch(installed.resolve(file.name()), copy), file.name());
    }
    ended.expectOut("copied from " + installed);
    assertTrue(fetch(nowhere).expectSuccess().out().contains("is there already"));
  }

  private Ended fetch(String from) {
    return Typed.run("data", "fashion-mnist", "--to=" + folder.resolve("copy"), "--from=" + from);
  }
}
