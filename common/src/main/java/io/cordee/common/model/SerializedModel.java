package io.cordee.common.model;

import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;

/** A {@link ModelSpec} in Java's serialization, by which Spark sends models to executors. */
record SerializedModel(String json) implements Serializable {

  private static final long serialVersionUID = 1;

  static SerializedModel of(ModelSpec model) {
    return new SerializedModel(ModelJson.write(model));
  }

  private Object readResolve() throws ObjectStreamException {
    try {
      return ModelJson.read(json);
    } catch (IllegalArgumentException e) {
      throw new InvalidObjectException("not a model: " + e.getMessage());
    }
  }
}
