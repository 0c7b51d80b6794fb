package io.cordee.common.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShellLineTest {

  @Test
  void wordsThatAShellWouldTakeApartAreQuoted() throws Exception {
    List<String> words =
        List.of(
            "printf", "%s\\n", "runs/a b", "it's", "$HOME", "", "a*b", "é", "~", "runs/1-x.csv");
    Process shell = new ProcessBuilder("sh", "-c", ShellLine.of(words)).start();

    String printed = new String(shell.getInputStream().readAllBytes(), "UTF-8");
    assertEquals(words.subList(2, words.size()), List.of(printed.split("\n")));
  }

  @Test
  void wordsThatNeedNoQuotesHaveNone() {
    assertEquals(
        "cordee train a/job.yaml --set=optimizer=adam",
        ShellLine.of(List.of("cordee", "train", "a/job.yaml", "--set=optimizer=adam")));
  }
}
