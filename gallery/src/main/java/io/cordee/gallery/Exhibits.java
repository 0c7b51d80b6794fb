package io.cordee.gallery;

import java.util.ArrayList;
import java.util.List;

/** The figures, in the order of the deck, with the settings that make each rule show its nature. */
final class Exhibits {

  private static final String DECREASE = "decrease=0.5";

  private Exhibits() {}

  static List<Figure> all() {
    List<Figure> figures =
        new ArrayList<>(
            List.of(
                gradientDescent(),
                rprop(),
                newton(),
                hessian(),
                quickprop(),
                momentum(),
                nesterov(),
                rpropVersusRmsprop(),
                adam()));
    for (Landscape landscape : Landscape.values()) {
      figures.add(SideBySide.on(landscape));
    }
    return figures;
  }

  private static Figure gradientDescent() {
    int rounds = 30;
    TracedPath small = well(rounds, "gd", "learning_rate=0.15");
    TracedPath large = well(rounds, "gd", "learning_rate=0.9");
    return new Figure(
        "gradient-descent",
        "Gradient Descent in Higher Dimensions",
        2,
        rounds,
        rounds,
        List.of(
            Trails.panel("η = 0.15", "slow in x", small),
            Trails.panel("η = 0.9", "overshoots in y, time and again", large)),
        "Iso-contours of <i>f</i>, which changes faster in <i>y</i>-direction: one η for both"
            + " directions is too short for the one or too long for the other.");
  }

  private static Figure rprop() {
    int rounds = 26;
    TracedPath path = well(rounds, "rprop", "initial_step=0.05");
    return new Figure(
        "rprop",
        "Resilient Propagation (Rprop)",
        2,
        rounds,
        rounds,
        List.of(
            Trails.panel("Rprop", "η = 0.05 at first, α = 1.2, β = 0.5", path),
            StepSizes.rprop(path)),
        "Each direction is handled independently. Where a derivative changes its sign, a minimum was"
            + " overshot: back to the previous location, and on from there with half the step size.");
  }

  private static Figure newton() {
    int poster = 1;
    TracedPath path =
        TracedPath.of(
            Landscape.WELL, new float[] {0.62f, 0}, 5, "newton", "learning_rate=1", "damping=1e-6");
    return new Figure(
        "newton",
        "Newton's Method for finding stationary points",
        1,
        path.rounds(),
        poster,
        List.of(Slices.newton(path, poster)),
        "Instead of the function, its second-order Taylor expansion at <i>a</i><sub>n</sub>: the step"
            + " leads to where that is lowest, and so on until convergence.");
  }

  private static Figure hessian() {
    int rounds = 12;
    TracedPath gradient = rosenbrock(rounds, "gd", "learning_rate=0.001");
    TracedPath diagonal = rosenbrock(rounds, "newton", "learning_rate=1", "damping=40");
    TracedPath full =
        rosenbrock(rounds, "newton", "learning_rate=1", "damping=0.5", "curvature=full");
    return new Figure(
        "hessian",
        "Newton's Method",
        3,
        rounds,
        rounds,
        List.of(
            Trails.panel("Gradient descent", "η = 0.001", gradient),
            Trails.panel("Diagonal Hessian", "damping 40", diagonal),
            Trails.panel("Complete Hessian", "damping 0.5", full)),
        "On Rosenbrock's valley, which no axis follows: the inverse Hessian matrix normalizes the"
            + " gradient vector, its diagonal does so for each direction alone.");
  }

  private static Figure quickprop() {
    int poster = 4;
    TracedPath path =
        TracedPath.of(Landscape.WELL, new float[] {-1.45f, 0}, 9, "quickprop", "learning_rate=0.4");
    return new Figure(
        "quickprop",
        "Quickprop",
        2,
        path.rounds(),
        poster,
        List.of(Slices.secants(path, poster), Slices.visited(path)),
        "The second derivative is approximated by the difference of the last two first derivatives:"
            + " the step leads to where the secant (ring) is zero, at most μ = 1.75 times as far as the"
            + " last one. While the derivative keeps its sign, −η ∂<i>L</i>/∂<i>w</i> is added"
            + " (Fahlman).");
  }

  private static Figure momentum() {
    int rounds = 25;
    TracedPath plain = bowl(rounds, "gd", "learning_rate=0.074");
    TracedPath momentum = bowl(rounds, "momentum", "learning_rate=0.074", "beta=0.5");
    return new Figure(
        "momentum",
        "Momentum Updates",
        2,
        rounds,
        rounds,
        List.of(
            Trails.panel("Gradient descent", "η = 0.074", plain),
            Trails.panel("Momentum", "η = 0.074, β = 0.5", momentum)),
        "Why does momentum work? Directions that oscillate cancel each other out in the running"
            + " average; those that are consistently converging gain momentum.");
  }

  private static Figure nesterov() {
    int rounds = 20;
    int poster = 3;
    String[] settings = {"learning_rate=0.4", "beta=0.9"};
    TracedPath momentum = well(rounds, "momentum", settings);
    TracedPath nesterov = well(rounds, "nesterov", settings);
    return new Figure(
        "nesterov",
        "Momentum vs. Nesterov Momentum",
        2,
        rounds,
        poster,
        List.of(
            Arrows.panel("Momentum", "gradient at w (ring)", momentum, 0.9f, poster),
            Arrows.panel("Nesterov", "gradient at ŵ (ring)", nesterov, 0.9f, poster)),
        "<span class=\"key carried\">β Δ<b>w</b></span> <span class=\"key slope\">−η ∇<i>L</i>"
            + "</span> <span class=\"key whole\">Δ<b>w</b>, the step</span><br>The ring is where the"
            + " gradient is taken. Sometimes it is better to make a correction after making an error.");
  }

  private static Figure rpropVersusRmsprop() {
    int rounds = 32;
    TracedPath rprop = bowl(rounds, "rprop", "initial_step=0.05", DECREASE);
    TracedPath rmsprop = bowl(rounds, "rmsprop", "learning_rate=0.08", "gamma=0.9", "epsilon=1e-8");
    return new Figure(
        "rprop-vs-rmsprop",
        "Rprop vs RMSprop",
        2,
        rounds,
        rounds,
        List.of(
            Trails.panel("Rprop", "α = 1.2, β = 0.5", rprop),
            Trails.panel("RMSprop", "η₀ = 0.08, γ = 0.9", rmsprop),
            StepSizes.rprop(rprop),
            StepSizes.rmsprop(rmsprop, 0.08, 1e-8)),
        "<i>Fixed</i> multiplicative factors α and β in Rprop are replaced by the <i>adaptive</i>"
            + " factor 1 / (√<i>v̄</i> + ε) in RMSprop. Rprop's η is the whole step; RMSprop's is"
            + " multiplied by the derivative.");
  }

  private static Figure adam() {
    int rounds = 40;
    TracedPath rmsprop = well(rounds, "rmsprop", "learning_rate=0.08");
    TracedPath momentum = well(rounds, "momentum", "learning_rate=0.2", "beta=0.9");
    TracedPath adam = well(rounds, "adam", "learning_rate=0.12");
    return new Figure(
        "adam",
        "ADAM: RMSprop+Momentum",
        3,
        rounds,
        rounds,
        List.of(
            Trails.panel("RMSprop", "η = 0.08", rmsprop),
            Trails.panel("Momentum", "η = 0.2, β = 0.9", momentum),
            Trails.panel("ADAM", "η = 0.12, δ = 0.9, γ = 0.999", adam)),
        "RMSprop uses the current derivative; ADAM replaces it by its running average.");
  }

  private static TracedPath well(int rounds, String rule, String... settings) {
    return TracedPath.of(Landscape.WELL, rounds, rule, settings);
  }

  private static TracedPath bowl(int rounds, String rule, String... settings) {
    return TracedPath.of(Landscape.BOWL, rounds, rule, settings);
  }

  private static TracedPath rosenbrock(int rounds, String rule, String... settings) {
    return TracedPath.of(Landscape.ROSENBROCK, rounds, rule, settings);
  }
}
