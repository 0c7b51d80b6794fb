package io.cordee.gallery;

import java.util.List;

/**
 * One picture of a figure.
 *
 * @param title above it; text
 * @param note below the title: settings, say; may be empty
 * @param description for those who do not see it
 * @param svg what is drawn, in a box of the view's size
 * @param paths of which it shows the numbers, round by round
 */
record Panel(
    String title, String note, String description, View view, String svg, List<TracedPath> paths) {

  Panel {
    paths = List.copyOf(paths);
  }
}
