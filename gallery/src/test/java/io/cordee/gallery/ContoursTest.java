package io.cordee.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.gallery.Contours.Corner;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;

class ContoursTest {

  private static final View VIEW = View.of(-2, 2, -1.5, 1.5);

  private static Contours of(DoubleBinaryOperator f) {
    return new Contours(f, VIEW, 80, 60);
  }

  /** The shoelace formula; the sign says which way round the loop goes. */
  private static double area(List<Corner> loop) {
    double sum = 0;
    for (int i = 0; i < loop.size(); i++) {
      Corner a = loop.get(i);
      Corner b = loop.get((i + 1) % loop.size());
      sum += a.x() * b.y() - b.x() * a.y();
    }
    return Math.abs(sum / 2);
  }

  @Test
  void theContourOfAConeIsACircle() {
    List<List<Corner>> loops = of(Math::hypot).loops(1);
    assertEquals(1, loops.size());
    for (Corner corner : loops.get(0)) {
      // A cell is 0.05 wide; its chords are within an eighth of the square of that.
      assertEquals(1, Math.hypot(corner.x(), corner.y()), 0.001);
    }
    assertEquals(Math.PI, area(loops.get(0)), 0.01);
  }

  @Test
  void aLevelThatIsNowhereHasNoContour() {
    assertEquals(List.of(), of(Math::hypot).loops(-1));
  }

  @Test
  void aContourThatLeavesTheViewClosesBeyondIt() {
    List<List<Corner>> loops = of((x, y) -> x).loops(0);
    assertEquals(1, loops.size());
    double left = loops.get(0).stream().mapToDouble(Corner::x).min().orElseThrow();
    double right = loops.get(0).stream().mapToDouble(Corner::x).max().orElseThrow();
    assertTrue(left < VIEW.left(), "left " + left);
    assertEquals(0, right, 1e-12);
  }

  @Test
  void twoHollowsAcrossASaddleStayApartBelowItAndMeetAboveIt() {
    // The saddle point is in the middle of a cell, where the two diagonals differ.
    Contours contours = new Contours((x, y) -> (x - 0.025) * (y - 0.025), VIEW, 80, 60);
    assertEquals(2, contours.loops(-0.0001).size());
    assertEquals(1, contours.loops(0.0001).size());
  }

  @Test
  void everyLandscapeShowsAllItsLevelsAndItsStart() {
    for (Landscape landscape : Gallery.Exhibits.read().landscapes()) {
      String ground = landscape.ground();
      assertEquals(10, ground.split("class=\"level\"", -1).length - 1, landscape.name());
      assertTrue(!ground.contains("d=\"\""), () -> landscape + " has a level that is nowhere");
      double x = landscape.view().px(landscape.start()[0]);
      assertTrue(x > 0 && x < landscape.view().width(), landscape.name());
    }
  }
}
