package io.cordee.gallery;

import java.util.List;

/** An exhibit that has been computed, with a panel for each that it shows. */
record Figure(Exhibit exhibit, Landscape landscape, List<Panel> panels) {

  static Figure of(Exhibit exhibit, Landscape landscape) {
    return new Figure(
        exhibit,
        landscape,
        exhibit.panels().stream().map(shown -> Panel.of(shown, exhibit, landscape)).toList());
  }

  /** The paths of the panels that show their numbers. */
  List<TracedPath> paths() {
    return panels.stream().filter(Panel::isRead).map(Panel::path).toList();
  }
}
