package io.cordee.gallery;

import com.google.gson.annotations.SerializedName;
import java.util.List;

/**
 * Optimizers that are played together on one landscape, from one start; an entry of {@code
 * exhibits.yaml}.
 *
 * @param id its name in the page, and of its SVG file
 * @param title of the lecture's slide
 * @param start null for that of the landscape
 * @param poster the round that is shown before it is played, and in an SVG file; null for the last
 * @param columns of panels, where there is room
 * @param caption HTML
 */
record Exhibit(
    String id,
    String title,
    String on,
    float[] start,
    int rounds,
    Integer poster,
    int columns,
    List<Shown> panels,
    String caption) {

  enum Draw {
    @SerializedName("trail")
    TRAIL,
    @SerializedName("arrows")
    ARROWS,
    @SerializedName("parabolas")
    PARABOLAS,
    @SerializedName("secants")
    SECANTS,
    @SerializedName("visits")
    VISITS,
    @SerializedName("step sizes")
    STEP_SIZES;

    /** Returns whether the numbers of the path stand below it. */
    boolean isRead() {
      return this != SECANTS && this != STEP_SIZES;
    }
  }

  /**
   * @param set settings of the optimizer, each {@code key=value}
   * @param title above it; text
   * @param note below the title; null for the settings
   */
  record Shown(Draw draw, String optimizer, List<String> set, String title, String note) {

    Shown {
      draw = draw == null ? Draw.TRAIL : draw;
      note = note == null ? String.join(", ", set) : note;
    }
  }

  Exhibit {
    poster = poster == null ? rounds : poster;
  }
}
