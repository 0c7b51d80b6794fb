package io.cordee.cli.score;

import com.google.gson.stream.JsonWriter;
import io.cordee.common.job.Job;
import io.cordee.common.measure.ClassCounts;
import io.cordee.worker.data.rows.DataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * A model's outputs for rows, with the class of each.
 *
 * @param classes the names of the classes, by index; empty if they have none
 * @param outputs [rows, outputs]; not copied
 * @param threshold the least probability at which the second of two classes is predicted, if given
 */
public record Predictions(
    Job job, List<String> classes, DataSource source, float[] outputs, OptionalDouble threshold) {

  /**
   * Writes a line for each row, behind a header.
   *
   * @param id a column to copy; one that the job ignores is copied in any case
   */
  public void write(Optional<String> id, PrintWriter to) {
    int width = job.model().outputs();
    Optional<String> copied = id.filter(name -> !source.ignored().contains(name));
    List<String> ids = copied.map(source::texts).orElse(List.of());
    List<String> labels = classes.stream().map(Predictions::field).toList();
    List<List<String>> ignored = source.ignoredTexts();
    StringBuilder header = new StringBuilder("row").append(fields(copied.stream().toList()));
    header.append(fields(source.ignored()));
    if (job.hasLabels()) {
      header.append(labels.isEmpty() ? ",class" : ",class,label");
    }
    for (int k = 0; k < width; k++) {
      String name = areNamed() ? "output_" + classes.get(k) : "output" + k;
      header.append(fields(List.of(name)));
    }
    to.println(header);
    float[] decided = decided();
    BitSet part = source.part().orElse(new BitSet());
    int inFile = -1;
    for (int row = 0; row < source.rows(); row++) {
      inFile = part.isEmpty() ? row : part.nextSetBit(inFile + 1);
      StringBuilder line = new StringBuilder().append(inFile);
      if (!ids.isEmpty()) {
        line.append(fields(List.of(ids.get(row))));
      }
      if (!ignored.isEmpty()) {
        line.append(fields(ignored.get(row)));
      }
      classOf(decided, row)
          .ifPresent(
              predicted -> {
                line.append(',').append(predicted);
                if (!labels.isEmpty()) {
                  line.append(',').append(labels.get(predicted));
                }
              });
      for (int k = 0; k < width; k++) {
        line.append(',').append(outputs[row * width + k]);
      }
      to.println(line);
    }
    to.flush();
  }

  /** Writes an object for each row. */
  public void write(JsonWriter to) throws IOException {
    int width = job.model().outputs();
    float[] decided = decided();
    String what =
        !job.hasLabels() ? "values" : job.model().hasProbabilities() ? "probabilities" : "outputs";
    to.beginArray();
    for (int row = 0; row < outputs.length / width; row++) {
      to.beginObject().name("row").value(row);
      OptionalInt predicted = classOf(decided, row);
      if (predicted.isPresent()) {
        to.name("class").value(predicted.getAsInt());
        if (!classes.isEmpty()) {
          to.name("label").value(classes.get(predicted.getAsInt()));
        }
      }
      to.name(what);
      if (areNamed()) {
        to.beginObject();
      } else {
        to.beginArray();
      }
      for (int k = 0; k < width; k++) {
        if (areNamed()) {
          to.name(classes.get(k));
        }
        float output = outputs[row * width + k];
        if (Float.isFinite(output)) {
          to.jsonValue(Float.toString(output));
        } else {
          to.value(Float.toString(output)); // no number in JSON
        }
      }
      if (areNamed()) {
        to.endObject();
      } else {
        to.endArray();
      }
      to.endObject();
    }
    to.endArray();
  }

  /** Returns true if there is an output for each class with a name. */
  private boolean areNamed() {
    return classes.size() == job.model().outputs();
  }

  private float[] decided() {
    return ClassCounts.decided(outputs, job.model().outputs(), threshold);
  }

  private OptionalInt classOf(float[] decided, int row) {
    return job.hasLabels()
        ? OptionalInt.of(ClassCounts.classOf(decided, row, job.model().outputs()))
        : OptionalInt.empty();
  }

  private static String fields(List<String> texts) {
    return texts.stream().map(text -> "," + field(text)).collect(Collectors.joining());
  }

  /** A text as a field of CSV, quoted where it must be. */
  private static String field(String text) {
    boolean plain = text.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
