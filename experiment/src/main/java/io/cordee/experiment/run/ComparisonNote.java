package io.cordee.experiment.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.cordee.common.file.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the folder of a comparison says of it, in {@code comparison.json}.
 *
 * @param command that the user gave, without {@code cordee}
 * @param axes axis to values
 * @param cells the folders of its cells, in their order; others are not of this comparison
 * @param budget for people
 * @param targets that were asked for, as {@link Target#text} has them; none if they follow from the
 *     results
 * @param tuned a line for each combination whose settings were looked for
 */
public record ComparisonNote(
    String name,
    List<String> command,
    Map<String, List<String>> axes,
    List<String> cells,
    String budget,
    List<String> targets,
    List<Tuned> tuned) {

  public static final String FILE = "comparison.json";

  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /**
   * @param scores settings to what they came to; those that failed came to nothing
   * @param how for people: by what it was chosen, of which runs
   */
  public record Tuned(
      String cell, Map<String, String> scores, String chosen, String how, boolean isAtTheEdge) {

    public Tuned {
      List.of(cell, scores, chosen, how);
      scores = new LinkedHashMap<>(scores);
    }
  }

  public ComparisonNote {
    List.of(name, budget);
    command = List.copyOf(command);
    axes = new LinkedHashMap<>(axes);
    cells = List.copyOf(cells);
    targets = List.copyOf(targets);
    tuned = List.copyOf(tuned);
  }

  public void write(Path folder) throws IOException {
    WholeFile.write(folder.resolve(FILE), JSON.toJson(this) + "\n");
  }

  /**
   * Empty if there is none.
   *
   * @throws IOException if it is malformed
   */
  public static Optional<ComparisonNote> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(JSON.fromJson(Files.readString(file), ComparisonNote.class));
    } catch (JsonParseException e) {
      throw new IOException(file + ": not what cordee compare writes: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new IOException(file + ": not what cordee compare writes: something is missing", e);
    }
  }
}
