package io.cordee.gallery;

import io.cordee.gallery.Exhibit.Shown;

record Panel(Shown shown, TracedPath path, Plot plot) {

  static Panel of(Shown shown, Exhibit exhibit, Landscape landscape) {
    float[] start = exhibit.start() == null ? landscape.start() : exhibit.start();
    TracedPath path =
        TracedPath.of(landscape, start, exhibit.rounds(), shown.optimizer(), shown.set());
    int poster = exhibit.poster();
    return new Panel(
        shown,
        path,
        switch (shown.draw()) {
          case TRAIL -> Trails.plot(shown.title(), path);
          case ARROWS -> Arrows.plot(shown.title(), path, poster);
          case PARABOLAS -> SliceView.parabolas(path, poster);
          case SECANTS -> SliceView.secants(path, poster);
          case VISITS -> SliceView.visits(path);
          case STEP_SIZES -> StepSizeView.plot(shown.title(), path);
        });
  }

  boolean isRead() {
    return shown.draw().isRead();
  }
}
