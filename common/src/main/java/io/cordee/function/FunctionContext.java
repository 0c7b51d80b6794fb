package io.cordee.function;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a job says of its model.
 *
 * @param layout of the parameters, as the server has them; without tables of {@code data.ids}
 * @param settings {@code model.settings}: each value as text
 * @param file {@code model.file}, in this worker's data folder
 * @param inputs features of a row, those from tables first; 0 if the function holds the rows itself
 * @param outputs of the model; 0 if it has a loss alone
 * @param loss {@code model.loss}, as in the job; empty if the function knows it
 */
public record FunctionContext(
    Layout layout,
    Map<String, String> settings,
    Optional<Path> file,
    int inputs,
    int outputs,
    Optional<String> loss) {

  public FunctionContext {
    settings = Map.copyOf(settings);
  }
}
