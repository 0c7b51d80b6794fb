package io.cordee.common.job.file;

import io.cordee.common.text.Advice;

/** Where something in a job was written. */
sealed interface Place {

  /** A line of a file, counted from 1. */
  record Line(String source, int number) implements Place {
    @Override
    public String toString() {
      return source + ":" + number;
    }
  }

  /**
   * A setting given beside the file.
   *
   * @param index its place among its like
   * @param text as given: {@code optimizer.name=adam}
   * @param key the part before the equals sign
   */
  record Setting(int index, String text, String key) implements Place {
    @Override
    public String toString() {
      return Advice.SET + Quote.bare(text);
    }
  }

  /** Sorts lines first, by number, then overrides, as given. */
  default long order() {
    if (this instanceof Line line) {
      return line.number();
    }
    return (1L << 32) + ((Setting) this).index();
  }
}
