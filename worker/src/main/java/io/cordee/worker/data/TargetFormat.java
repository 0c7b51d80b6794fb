package io.cordee.worker.data;

/** How a text file's label or target columns become targets. */
sealed interface TargetFormat {

  /** Space for the targets of this many rows. */
  Filling fill(int rows);

  /** Targets being read, row by row. */
  interface Filling {
    /**
     * Takes a row's label (column 0) or one of its targets.
     *
     * @param place where the text stands
     */
    void put(int row, int column, String text, Place place);

    /**
     * Takes note that a row has neither label nor target.
     *
     * @param place where they are missing
     * @throws DataException if they are wanted
     */
    default void putNothing(Place place) {
      throw place.error("expected the row's label or target before its features", "none");
    }

    Targets filled();
  }

  /** Labels and targets are passed over, or missing. */
  record None(int width) implements TargetFormat {
    @Override
    public Filling fill(int rows) {
      return new Filling() {
        @Override
        public void put(int row, int column, String text, Place place) {}

        @Override
        public void putNothing(Place place) {}

        @Override
        public Targets filled() {
          return new Targets.None(width);
        }
      };
    }
  }

  /** A label per row. */
  record Labels(int width, ClassLabels classes) implements TargetFormat {
    @Override
    public Filling fill(int rows) {
      int[] indices = new int[rows];
      return new Filling() {
        @Override
        public void put(int row, int column, String text, Place place) {
          indices[row] = classes.indexOf(text, place);
        }

        @Override
        public Targets filled() {
          return new Targets.Classes(width, indices);
        }
      };
    }
  }

  /** Target values; they are not scaled. */
  record Values(int width) implements TargetFormat {
    @Override
    public Filling fill(int rows) {
      float[] values = new float[Features.arrayLength("target columns", rows, width)];
      return new Filling() {
        @Override
        public void put(int row, int column, String text, Place place) {
          values[row * width + column] = Decimals.toFloat(text, 1, place);
        }

        @Override
        public Targets filled() {
          return new Targets.Values(width, values);
        }
      };
    }
  }
}
