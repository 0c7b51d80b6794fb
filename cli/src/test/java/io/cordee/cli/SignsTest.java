package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.cli.process.InFolder;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps sent as signs give the digests of steps sent as floats. */
class SignsTest extends InFolder {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rprop",
        "rprop+",
        "rprop-",
        "irprop+",
        "irprop-",
        "signsgd",
        "signum",
        "lion",
        "{name: lion, weight_decay: 1, decay_biases: false, gradient_noise: 0.01}"
      })
  void signsAndFloatsGiveTheSameDigestsToAnyTeam(String optimizer) throws IOException {
    List<String> floats = digests(optimizer, "floats", 1);
    assertEquals(9, floats.size());
    assertEquals(floats, digests(optimizer, "signs", 3));
  }

  private List<String> digests(String optimizer, String weights, int workers) throws IOException {
    List<String> data = SomeDigits.in(folder);
    return Typed.train(
            folder.resolve(weights + workers),
            data.get(0),
            data.get(1),
            "--set=optimizer=" + optimizer,
            "--set=compression.weights=" + weights,
            "--set=stop.rounds=8",
            "--workers=" + workers,
            "--threads=1")
        .digests();
  }
}
