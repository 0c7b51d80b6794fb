package io.cordee.common.job.file;

import io.cordee.common.job.Job;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.SourceSpec.Digits;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.model.FunctionModel;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelSpec;
import java.util.List;
import java.util.Map;

/**
 * Checks that a job's data fit its model, as far as that can be told without reading the rows; the
 * rest is left to their reader.
 */
record DataChecks(Section<Job> job) {

  private static final int DIGITS_INPUTS = 64;
  private static final int DIGITS_CLASSES = 10;

  void fit(DataSpec data, ModelSpec model) {
    if (model instanceof FunctionModel && !data.train().isExternal()) {
      needsWidth(model.inputs(), ModelForm.INPUTS, "how many features a row has");
      needsWidth(model.outputs(), ModelForm.OUTPUTS, "how many classes or targets a row has");
    }
    sourceFitsModel(data.train(), "train", model);
    data.validation().ifPresent(source -> sourceFitsModel(source, "validation", model));
    data.test().ifPresent(test -> sourceFitsModel(test, "test", model));
    if (data.split().isPresent()) {
      canBeSplit(data, data.split().get());
    }
    if (!data.preprocessing().isNone()) {
      boolean areIdsAlone = data.preprocessing().with(Map.of()).isNone();
      String by = areIdsAlone ? DataForm.IDS : "preprocess";
      canBePreprocessed(data.train(), "train", by, model);
      data.validation().ifPresent(rows -> canBePreprocessed(rows, "validation", by, model));
      data.test().ifPresent(test -> canBePreprocessed(test, "test", by, model));
    }
    if (!data.preprocessing().ids().isEmpty()) {
      idsFitModel(model);
    }
  }

  private void idsFitModel(ModelSpec model) {
    if (model.inputs() < model.fromTables()) {
      job.problem(
          "expected the %d that come from data.ids, and the other columns; found %d"
              .formatted(model.fromTables(), model.inputs()),
          "model",
          ModelForm.INPUTS);
    }
    model.ids().stream()
        .map(IdTable::tensor)
        .filter(tensor -> model instanceof FunctionModel it && it.given().find(tensor).isPresent())
        .findFirst()
        .ifPresent(
            tensor ->
                job.problem(
                    "has the tensor %s, which data.ids makes; leave it out of the file"
                        .formatted(tensor),
                    "model",
                    ModelForm.PARAMETERS));
  }

  private void canBeSplit(DataSpec data, Split split) {
    if (data.test().isPresent() && split.hasTest()) {
      splitAndFile("test");
    }
    if (data.validation().isPresent() && split.validation() > 0) {
      splitAndFile("validation");
    }
  }

  private void splitAndFile(String part) {
    job.problem(
        "takes %s rows from those to train on, but data.%s gives others; leave one of them out"
            .formatted(part, part),
        "data",
        "split",
        part);
  }

  private void needsWidth(int width, String key, String words) {
    if (width == 0) {
      job.problem("missing; expected " + words, "model", key);
    }
  }

  private void canBePreprocessed(SourceSpec source, String part, String by, ModelSpec model) {
    boolean areIds = by.equals(DataForm.IDS);
    if (areIds ? !source.canHaveIds() : !source.hasColumns()) {
      job.problem(
          "is for csv and parquet; data.%s has another format%s"
              .formatted(part, areIds ? "" : ", which takes scale"),
          "data",
          by);
    } else if (source.scale() != 1) {
      job.problem(
          "already given by data.%s; leave one of them out".formatted(by), "data", part, "scale");
    } else if (model.inputs() > TableEncoding.MOST) {
      job.problem(
          "is for at most %d inputs; the model has %d"
              .formatted(TableEncoding.MOST, model.inputs()),
          "data",
          by);
    }
  }

  private void sourceFitsModel(SourceSpec source, String role, ModelSpec model) {
    if (source instanceof Digits) {
      digitsFitModel(model);
    }
    targetsFitModel(source.targetColumns(), role, model);
    classesFitModel(source.classes(), role, model);
  }

  private void digitsFitModel(ModelSpec model) {
    if (model.inputs() != DIGITS_INPUTS || model.outputs() != DIGITS_CLASSES) {
      job.problem(
          "the digits need %s inputs and %s outputs%s"
              .formatted(
                  DIGITS_INPUTS,
                  DIGITS_CLASSES,
                  model instanceof Mlp mlp
                      ? ", as in [64, 32, 10]; found " + mlp.layers()
                      : "; found %s and %s".formatted(model.inputs(), model.outputs())),
          "model",
          model instanceof Mlp
              ? "layers"
              : model.inputs() != DIGITS_INPUTS ? ModelForm.INPUTS : ModelForm.OUTPUTS);
    }
  }

  private void targetsFitModel(List<String> targets, String role, ModelSpec model) {
    if (!targets.isEmpty() && targets.size() != model.outputs()) {
      job.problem(
          "expected as many columns as the model has outputs, which is %s; found %s"
              .formatted(model.outputs(), targets.size()),
          "data",
          role,
          "targets");
    }
  }

  /** One output tells two classes apart. */
  private void classesFitModel(List<String> classes, String role, ModelSpec model) {
    int needed = Math.max(2, model.outputs());
    if (!classes.isEmpty() && classes.size() != needed) {
      job.problem(
          "expected %s classes, as the model has %s%s; found %s"
              .formatted(
                  needed,
                  model.outputs(),
                  model.outputs() == 1 ? " output" : " outputs",
                  classes.size()),
          "data",
          role,
          "classes");
    }
  }
}
