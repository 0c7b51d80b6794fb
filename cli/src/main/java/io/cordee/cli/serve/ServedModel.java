package io.cordee.cli.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.option.ModelAndRows;
import io.cordee.cli.option.ThresholdOption;
import io.cordee.cli.score.Predictions;
import io.cordee.common.file.Sha256;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.Preprocessing.Scale;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.job.data.TableEncoding.Ids;
import io.cordee.common.job.data.TableEncoding.Numbers;
import io.cordee.common.job.data.TableEncoding.Texts;
import io.cordee.function.GradientFunction;
import io.cordee.worker.data.format.GivenRows;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.function.JobFunctions;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * A model in memory. Any thread may ask for predictions; those that are under way when it is closed
 * are finished.
 */
final class ServedModel implements AutoCloseable {

  /** Texts of a column that a page is told, at most. */
  private static final int MOST_TEXTS = 1000;

  /** Inputs, or outputs, of the rows of a request. */
  private static final int MOST_VALUES = 1_000_000;

  /** Digits of a number that a page shows. */
  private static final MathContext SHOWN = new MathContext(4);

  private final TrainedModel trained;
  private final String sha256;
  private final OptionalDouble threshold;
  private final Columns columns;
  private final List<String> classes;
  private final SourceSpec.Table format;
  private final RowForm form;
  private final JobFunctions functions;

  /** Functions that no thread uses; guarded by itself. */
  private final Deque<GradientFunction> idle = new ArrayDeque<>();

  /** Guarded by {@link #idle}. */
  private boolean isClosed;

  private ServedModel(TrainedModel trained, String sha256, OptionalDouble threshold) {
    this.trained = trained;
    this.sha256 = sha256;
    this.threshold = threshold;
    columns = trained.columns();
    classes = trained.classes();
    format = ModelAndRows.inMemory(trained.job(), RowForm.NAME);
    form = RowForm.of(format, columns);
    functions = ModelAndRows.ownFunctions(trained);
    idle.add(functions.make().get());
  }

  /**
   * Reads a model and makes its function once, so that a model that cannot be served is refused.
   *
   * @param path a file or a run's folder
   */
  static ServedModel read(Path path, ThresholdOption threshold) throws IOException {
    TrainedModel trained = TrainedModel.read(path);
    Job job = trained.job();
    boolean isListed = job.model().table().isPresent() && trained.encoding().ids().isEmpty();
    if (isListed) {
      throw CommandException.failed(
          trained.file()
              + ": expected a model of the columns of a table or of numbers; found one whose rows list their features, as in LIBSVM; use cordee predict");
    }
    return new ServedModel(trained, Sha256.of(trained.file()), threshold.of(job));
  }

  Path file() {
    return trained.file();
  }

  String jobName() {
    return trained.job().name();
  }

  String sha256() {
    return sha256;
  }

  /** Returns true if another model takes the same columns and has the same classes. */
  boolean answersLike(ServedModel other) {
    return form.columns().equals(other.form.columns()) && classes.equals(other.classes);
  }

  RowForm form() {
    return form;
  }

  /**
   * @throws RequestException if rows and answer would take too much memory
   */
  void requireFew(GivenRows given) {
    int width = Math.max(trained.job().model().inputs(), trained.job().model().outputs());
    int most = Math.max(1, MOST_VALUES / width);
    if (given.rows().size() > most) {
      throw new RequestException(
          HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
          "expected at most %,d rows in a request, as this model has %,d inputs or outputs; found %,d: send several requests"
              .formatted(most, width, given.rows().size()));
    }
  }

  /**
   * @throws io.cordee.worker.data.rows.DataException if the rows do not fit the model
   */
  Predictions predict(GivenRows given) {
    DataSource source = ModelAndRows.openUnlabelled(format, trained.job(), given, columns);
    PartitionRows rows = source.all();
    int[] all = IntStream.range(0, rows.count()).toArray();
    GradientFunction function = take();
    float[] outputs;
    try {
      outputs = trained.outputs(rows.select(all), function);
    } finally {
      giveBack(function);
    }
    columns.encoding().decode(outputs);
    return new Predictions(trained.job(), classes, source, outputs, threshold);
  }

  private GradientFunction take() {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    return functions.make().get();
  }

  private void giveBack(GradientFunction function) {
    synchronized (idle) {
      if (!isClosed) {
        idle.push(function);
        return;
      }
    }
    function.close();
  }

  @Override
  public void close() {
    synchronized (idle) {
      isClosed = true;
      idle.forEach(GradientFunction::close);
      idle.clear();
    }
  }

  // ---- for a page ----

  /** Describes the model: its columns and a row that it takes. */
  JsonObject describe() {
    JsonObject said = new JsonObject();
    said.addProperty("job", jobName());
    said.addProperty("file", file().getFileName().toString());
    said.addProperty("sha256", sha256);
    JsonArray each = new JsonArray();
    if (form.isNamed()) {
      form.columns().forEach(name -> each.add(describe(name)));
      said.add("columns", each);
    } else {
      said.addProperty("values", trained.job().model().inputs());
    }
    return said;
  }

  private JsonObject describe(String name) {
    JsonObject said = new JsonObject();
    said.addProperty("name", name);
    int feature = form.features().indexOf(name);
    List<TableEncoding.Column> encoded = columns.encoding().columns();
    JsonElement example = new JsonPrimitive(0);
    String kind = "number";
    if (feature < 0) {
      kind = "date";
      example = new JsonPrimitive("2025-12-31");
    } else if (!encoded.isEmpty()) {
      TableEncoding.Column column = encoded.get(feature);
      if (column instanceof Texts texts) {
        kind = texts.hasOther() ? "text" : "choice";
        said.add("texts", array(texts.texts()));
        example = new JsonPrimitive(texts.texts().isEmpty() ? "" : texts.texts().get(0));
      } else if (column instanceof Ids ids) {
        kind = "text";
        said.add("texts", array(ids.known()));
        example = new JsonPrimitive(ids.known().isEmpty() ? "" : ids.known().get(0));
      } else if (column instanceof Numbers numbers) {
        example = usual(name, numbers);
      } else {
        throw new IllegalStateException("no description of " + column);
      }
    }
    said.addProperty("kind", kind);
    said.add("example", example);
    return said;
  }

  private static JsonArray array(List<String> texts) {
    JsonArray some = new JsonArray();
    texts.stream().limit(MOST_TEXTS).forEach(some::add);
    return some;
  }

  /** A number that training rows have, as far as the model knows one. */
  private JsonElement usual(String name, Numbers numbers) {
    boolean isMean =
        trained.job().data().preprocessing().of(List.of(name)).toScale() == Scale.STANDARDIZE;
    double number =
        numbers
            .fill()
            .orElse(isMean ? numbers.range().shift() : Math.rint(numbers.range().shift()));
    double rounded = new BigDecimal(number).round(SHOWN).doubleValue();
    return rounded == Math.rint(rounded) && Math.abs(rounded) < 1e15
        ? new JsonPrimitive((long) rounded)
        : new JsonPrimitive(rounded);
  }
}
