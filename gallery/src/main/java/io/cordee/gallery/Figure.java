package io.cordee.gallery;

import java.util.List;

/** A computed exhibit. */
record Figure(Exhibit exhibit, Landscape landscape, List<Panel> panels) {

  static Figure of(Exhibit exhibit, Landscape landscape) {
    return new Figure(
        exhibit,
        landscape,
        exhibit.panels().stream().map(shown -> Panel.of(shown, exhibit, landscape)).toList());
  }

  List<TracedPath> paths() {
    return panels.stream().filter(Panel::isRead).map(Panel::path).toList();
  }
}
