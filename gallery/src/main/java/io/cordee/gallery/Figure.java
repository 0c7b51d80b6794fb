package io.cordee.gallery;

import java.util.List;

/**
 * What is played together, round by round.
 *
 * @param id its name in the page, and of its SVG file
 * @param title of the deck's slide
 * @param poster the round that is shown before it is played, and in an SVG file
 * @param columns of panels, where there is room
 * @param caption HTML
 */
record Figure(
    String id,
    String title,
    int columns,
    int rounds,
    int poster,
    List<Panel> panels,
    String caption) {

  Figure {
    panels = List.copyOf(panels);
  }
}
