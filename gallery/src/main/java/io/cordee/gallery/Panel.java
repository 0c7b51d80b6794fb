package io.cordee.gallery;

import io.cordee.gallery.Exhibit.Shown;

record Panel(Shown shown, TracedPath path, Plot plot) {

  static Panel of(Shown shown, Exhibit exhibit, Landscape landscape) {
    float[] start = exhibit.start() == null ? landscape.start() : exhibit.start();
    TracedPath path = TracedPath.of(landscape, start, exhibit.rounds(), shown.rule(), shown.set());
    int poster = exhibit.poster();
    return new Panel(
        shown,
        path,
        switch (shown.draw()) {
          case TRAIL -> Trails.plot(shown.title(), path);
          case ARROWS -> Arrows.plot(shown.title(), path, poster);
          case PARABOLAS -> Slices.parabolas(path, poster);
          case SECANTS -> Slices.secants(path, poster);
          case VISITS -> Slices.visits(path);
          case STEP_SIZES -> StepSizes.plot(shown.title(), path);
        });
  }

  boolean isRead() {
    return shown.draw().isRead();
  }
}
