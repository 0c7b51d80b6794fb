package io.cordee.gallery;

import java.util.List;

/** Every rule from the same start on one landscape. */
final class SideBySide {

  /**
   * A rule with the settings that suit one landscape.
   *
   * @param title as in the deck, where it has the rule
   */
  private record Entry(String title, String rule, List<String> settings) {

    static Entry of(String title, String rule, String... settings) {
      return new Entry(title, rule, List.of(settings));
    }
  }

  private SideBySide() {}

  static Figure on(Landscape landscape) {
    int rounds = rounds(landscape);
    List<Panel> panels =
        entries(landscape).stream()
            .map(
                entry ->
                    Trails.panel(
                        entry.title(),
                        String.join(", ", entry.settings()),
                        TracedPath.of(
                            landscape,
                            rounds,
                            entry.rule(),
                            entry.settings().toArray(String[]::new))))
            .toList();
    return new Figure(
        "rules-on-" + landscape.function().name(),
        "Every rule on " + title(landscape),
        4,
        rounds,
        rounds,
        panels,
        caption(landscape));
  }

  private static int rounds(Landscape landscape) {
    return switch (landscape) {
      case WELL, SADDLE -> 40;
      case ROSENBROCK -> 150;
      case BOWL -> 60;
    };
  }

  private static String title(Landscape landscape) {
    return switch (landscape) {
      case WELL -> "the deck's f";
      case ROSENBROCK -> "Rosenbrock's valley";
      case SADDLE -> "a saddle point";
      case BOWL -> "an ill-conditioned bowl";
    };
  }

  private static String caption(Landscape landscape) {
    return switch (landscape) {
      case WELL ->
          "The deck's <i>f</i>, nearly flat at the start: there the derivative is small, but its sign"
              + " is as good as anywhere.";
      case ROSENBROCK ->
          "Rosenbrock's valley: (1 − <i>x</i>)² + 100 (<i>y</i> − <i>x</i>²)². Getting into it is"
              + " easy; following its bend is not.";
      case SADDLE ->
          "A saddle point: ½<i>x</i>² − ½<i>y</i>² + ¼<i>y</i>⁴, started beside the ridge. Vanilla"
              + " gradient descent can get stuck there.";
      case BOWL -> "An ill-conditioned bowl: ½(<i>x</i>² + 25<i>y</i>²).";
    };
  }

  private static List<Entry> entries(Landscape landscape) {
    return switch (landscape) {
      case WELL -> entries("0.4", "0.2", "0.2", "0.3", "0.08", "0.12", "0.06", "damping=1");
      case ROSENBROCK ->
          entries(
              "0.0012",
              "0.0004",
              "0.0008",
              "0.0004",
              "0.02",
              "0.1",
              "0.02",
              "damping=0.5",
              "curvature=full");
      case SADDLE -> entries("0.2", "0.1", "0.1", "0.1", "0.08", "0.12", "0.06", "damping=0.2");
      case BOWL -> entries("0.07", "0.02", "0.03", "0.01", "0.08", "0.15", "0.05", "damping=1");
    };
  }

  /**
   * The learning rates of those rules that have one, in the order of the deck; that of all that
   * step by signs alone; then Newton's settings.
   */
  private static List<Entry> entries(
      String gd,
      String momentum,
      String nesterov,
      String quickprop,
      String rmsprop,
      String adam,
      String signs,
      String... newton) {
    String initial = "initial_step=0.05";
    return List.of(
        Entry.of("Gradient descent", "gd", rate(gd)),
        Entry.of("Rprop", "rprop", initial),
        Entry.of("Rprop+", "rprop+", initial),
        Entry.of("Rprop−", "rprop-", initial),
        Entry.of("iRprop+", "irprop+", initial),
        Entry.of("iRprop−", "irprop-", initial),
        Entry.of("Newton", "newton", newton),
        Entry.of("Quickprop", "quickprop", rate(quickprop)),
        Entry.of("Momentum", "momentum", rate(momentum)),
        Entry.of("Nesterov", "nesterov", rate(nesterov)),
        Entry.of("RMSprop", "rmsprop", rate(rmsprop)),
        Entry.of("ADAM", "adam", rate(adam)),
        Entry.of("signSGD", "signsgd", rate(signs)),
        Entry.of("Signum", "signum", rate(signs)),
        Entry.of("Lion", "lion", rate(signs)));
  }

  private static String rate(String η) {
    return "learning_rate=" + η;
  }
}
