package io.cordee.cli.export;

/** The inputs of an ONNX file. */
public enum OnnxInputs {
  /** An input for each column of a table, with its cells as they are in the table. */
  COLUMNS,

  /** One input of encoded rows, and one for each column of ids. */
  ENCODED;

  /** Returns columns if the model was trained on a table whose columns have names. */
  public static OnnxInputs of(TrainedModel model) {
    boolean isTable = model.job().data().train().hasColumns();
    return isTable && !model.columns().featureNames().isEmpty() ? COLUMNS : ENCODED;
  }
}
