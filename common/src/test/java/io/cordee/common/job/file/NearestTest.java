package io.cordee.common.job.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

  @ParameterizedTest
  @CsvSource({
    "labels, labels, 0",
    "lables, labels, 1",
    "Labels, labels, 0",
    "label, labels, 1",
    "kitten, sitting, 3",
    "'', abc, 3",
    "ca, abc, 3"
  })
  void theDistanceIsTheNumberOfSlips(String from, String to, int slips) {
    assertEquals(slips, Nearest.distance(from, to));
    assertEquals(slips, Nearest.distance(to, from));
  }

  @Test
  void theNearestWordIsMeantIfItIsNearAtAll() {
    List<String> words = List.of("rounds", "loss", "minutes");
    assertEquals(Optional.of("loss"), Nearest.to("los", words));
    assertEquals(Optional.of("rounds"), Nearest.to("round", words));
    assertEquals(Optional.empty(), Nearest.to("epochs", words));
    assertEquals(Optional.empty(), Nearest.to("", words));
    assertEquals(Optional.empty(), Nearest.to("loss".repeat(100), words));
    assertEquals(Optional.of("n"), Nearest.to("N", List.of("n")));
    assertEquals(Optional.empty(), Nearest.to("u", List.of("n")), "no letter in common");
  }
}
