#!/usr/bin/env python3
"""Works out the golden traces: what each optimizer's formula says, to 50 digits.

Written from the formulas (the lecture's, and the papers named at each optimizer), one coordinate
and one round at a time, in decimal arithmetic: no float32, no vectors, nothing taken from the Java
code. Standard library only.

    python3 golden.py ../resources/golden

writes one CSV per case (round,x1,...,f; round 0 is the start) and index.txt, which has one line per
case: file, tolerance, and the arguments of `cordee trace` that must reproduce it. Tolerance is the
allowed |difference|, relative to values above 1; 0 is used where every intermediate value of the
trace is a short binary fraction, so that float32 must hit it exactly.
"""

import os
import sys
from decimal import Decimal as D
from decimal import getcontext

getcontext().prec = 50
PI = D("3.14159265358979323846264338327950288419716939937510582097494")

# functions: f, gradient, Hessian


def well(x):
    """f = -exp(-(3x/4)^2 - (5y/4)^2)"""
    u, v = x
    e = (-(D(3) * u / 4) ** 2 - (D(5) * v / 4) ** 2).exp()
    gu, gv = D(9) / 8 * u, D(25) / 8 * v  # minus the derivatives of the exponent
    hess = [[e * (D(9) / 8 - gu * gu), -e * gu * gv], [-e * gu * gv, e * (D(25) / 8 - gv * gv)]]
    return -e, [gu * e, gv * e], hess


def bowl(condition):
    def f(x):
        d = len(x)
        k = [D(condition) ** (D(i) / (d - 1)) for i in range(d)] if d > 1 else [D(1)]
        value = sum(k[i] * x[i] * x[i] for i in range(d)) / 2
        hess = [[k[i] if i == j else D(0) for j in range(d)] for i in range(d)]
        return value, [k[i] * x[i] for i in range(d)], hess

    return f


def rosenbrock(x):
    """f = 100 (y - x^2)^2 + (1 - x)^2"""
    u, v = x
    value = 100 * (v - u**2) ** 2 + (1 - u) ** 2
    grad = [-400 * u * (v - u**2) - 2 * (1 - u), 200 * (v - u**2)]
    return value, grad, [[1200 * u**2 - 400 * v + 2, -400 * u], [-400 * u, D(200)]]


def saddle(x):
    """f = x^2/2 - y^2/2 + y^4/4"""
    u, v = x
    return u**2 / 2 - v**2 / 2 + v**4 / 4, [u, v**3 - v], [[D(1), D(0)], [D(0), 3 * v**2 - 1]]


FUNCTIONS = {"well": lambda k: well, "bowl": bowl, "rosenbrock": lambda k: rosenbrock,
             "saddle": lambda k: saddle}

# settings


DEFAULTS = {
    "gd": dict(learning_rate="0.1"),
    "momentum": dict(learning_rate="0.1", beta="0.9"),
    "nesterov": dict(learning_rate="0.1", beta="0.9"),
    "quickprop": dict(learning_rate="0.1", growth_limit="1.75"),
    "rmsprop": dict(learning_rate="0.001", gamma="0.9", epsilon="1e-8"),
    "adam": dict(learning_rate="0.001", delta="0.9", gamma="0.999", epsilon="1e-8"),
    "signsgd": dict(learning_rate="0.003"),
    "signum": dict(learning_rate="0.003", beta="0.9"),
    "lion": dict(learning_rate="0.003", beta1="0.9", beta2="0.99", decay="decoupled"),
    "newton": dict(learning_rate="1", curvature="diagonal", damping="1"),
}
for family in ("rprop", "rprop+", "rprop-", "irprop+", "irprop-"):
    DEFAULTS[family] = dict(initial_step="0.1", min_step="1e-6", max_step="50", increase="1.2",
                            decrease="0.5", after_flip="freeze")
OPTIONS = dict(weight_decay="0", decay="coupled", clip_norm="0", schedule="constant",
               schedule_rounds="100", schedule_factor="0.1", warmup_rounds="0")
WORDS = ("after_flip", "curvature", "decay", "schedule")


def resolve(optimizer, given):
    values = {**OPTIONS, **DEFAULTS[optimizer], **given}
    return {k: v if k in WORDS else D(v) for k, v in values.items()}


def cosine(x):
    """Taylor's series; x in [0, pi]"""
    term, total, n = D(1), D(1), 0
    while abs(term) > D(10) ** -48:
        n += 2
        term *= -x * x / (n * (n - 1))
        total += term
    return total


def rate(s, t):
    """eta in round t = 1, 2, ..."""
    warm, length, factor = int(s["warmup_rounds"]), int(s["schedule_rounds"]), s["schedule_factor"]
    if t <= warm:
        return s["learning_rate"] * t / warm
    since = t - warm - 1  # whole rounds gone by at the full rate
    if s["schedule"] == "step":
        return s["learning_rate"] * factor ** (since // length)
    if s["schedule"] == "cosine":
        share = (1 + cosine(PI * min(since, length) / length)) / 2
        return s["learning_rate"] * (factor + (1 - factor) * share)
    return s["learning_rate"]


def sign(x):
    return (x > 0) - (x < 0)


def checked_sign(x):
    """A sign must not hang on the 7th digit, or float32 could see another one."""
    assert x == 0 or abs(x) > D("1e-5"), x
    return sign(x)


# optimizers of one coordinate
# Each is a function of (state, s, t, w, g, w before, loss, loss before) and returns the new w.
# state is the coordinate's own dict, empty before round 1.


def gd(state, s, t, w, g, *_):
    return w - rate(s, t) * g


def momentum(state, s, t, w, g, *_):
    state["step"] = s["beta"] * state.get("step", D(0)) - rate(s, t) * g
    return w + state["step"]


def rprop_family(state, s, w, g, on_flip):
    now = checked_sign(g)
    then = state.get("sign", 0)
    eta = state.get("eta", s["initial_step"])
    if now * then > 0:
        eta = min(s["increase"] * eta, s["max_step"])
    elif now * then < 0:
        eta = max(s["decrease"] * eta, s["min_step"])
    state["eta"] = eta
    if now * then < 0:
        new, state["sign"] = on_flip(now, then, eta)
        return new
    state["sign"] = now
    return w - now * eta


def rprop(state, s, t, w, g, before, *_):
    """The lecture: back to the previous location, and from there the shorter step."""
    keep = s["after_flip"] == "keep"
    return rprop_family(state, s, w, g,
                        lambda now, then, eta: (before - then * eta, now if keep else 0))


def rprop_plus(state, s, t, w, g, before, *_):
    """Riedmiller & Braun 1993"""
    return rprop_family(state, s, w, g, lambda now, then, eta: (before, 0))


def rprop_minus(state, s, t, w, g, *_):
    """Riedmiller 1994"""
    return rprop_family(state, s, w, g, lambda now, then, eta: (w - now * eta, now))


def irprop_plus(state, s, t, w, g, before, loss, loss_before):
    """Igel & Huesken 2003"""
    return rprop_family(state, s, w, g,
                        lambda now, then, eta: (before if loss > loss_before else w, 0))


def irprop_minus(state, s, t, w, g, *_):
    """Igel & Huesken 2003"""
    return rprop_family(state, s, w, g, lambda now, then, eta: (w, 0))


def quickprop(state, s, t, w, g, *_):
    """Fahlman 1988. The step before and both slopes give a parabola; go to its lowest point, but
    not further than mu times the step before. Linear term unless the slope has changed sign."""
    eta, mu = rate(s, t), s["growth_limit"]
    step, g1 = state.get("step", D(0)), state.get("g", D(0))
    if step == 0:
        new = -eta * g
    else:
        along, along1 = -g * sign(step), -g1 * sign(step)
        if along > along1 * mu / (1 + mu):
            new = mu * step
        elif g == 0 and g1 == 0:
            new = D(0)
        elif g1 == g:
            new = -mu * step
        else:
            new = max(-mu, min(mu, g / (g1 - g))) * step
        if sign(g) * sign(g1) > 0:
            new -= eta * g
    state["step"], state["g"] = new, g
    return w + new


def rmsprop(state, s, t, w, g, *_):
    state["v"] = s["gamma"] * state.get("v", D(0)) + (1 - s["gamma"]) * g * g
    return w - rate(s, t) / (state["v"].sqrt() + s["epsilon"]) * g


def adam(state, s, t, w, g, *_):
    state["m"] = s["delta"] * state.get("m", D(0)) + (1 - s["delta"]) * g
    state["v"] = s["gamma"] * state.get("v", D(0)) + (1 - s["gamma"]) * g * g
    m = state["m"] / (1 - s["delta"] ** t)
    v = state["v"] / (1 - s["gamma"] ** t)
    return w - rate(s, t) / (v.sqrt() + s["epsilon"]) * m


def signsgd(state, s, t, w, g, *_):
    """Bernstein et al. 2018, algorithm 1"""
    return w - rate(s, t) * checked_sign(g)


def signum(state, s, t, w, g, *_):
    """Bernstein et al. 2018, algorithm 2"""
    state["m"] = s["beta"] * state.get("m", D(0)) + (1 - s["beta"]) * g
    return w - rate(s, t) * checked_sign(state["m"])


def lion(state, s, t, w, g, *_):
    """Chen et al. 2023, algorithm 2"""
    m = state.get("m", D(0))
    state["m"] = s["beta2"] * m + (1 - s["beta2"]) * g
    return w - rate(s, t) * checked_sign(s["beta1"] * m + (1 - s["beta1"]) * g)


OPTIMIZERS = {"gd": gd, "momentum": momentum, "nesterov": momentum, "rprop": rprop,
         "rprop+": rprop_plus, "rprop-": rprop_minus, "irprop+": irprop_plus,
         "irprop-": irprop_minus, "quickprop": quickprop, "rmsprop": rmsprop, "adam": adam,
         "signsgd": signsgd, "signum": signum, "lion": lion}

# Newton, two coordinates


def newton(s, t, x, g, hess):
    eta, damping = rate(s, t), s["damping"]
    if s["curvature"] == "diagonal":
        return [x[i] - eta * g[i] / (abs(hess[i][i]) + damping) for i in range(len(x))]
    (a, b), (_, c) = hess
    floor = damping / 2
    while not (a + damping > floor and c + damping - b * b / (a + damping) > floor):
        damping *= 10  # a pivot that no H without negative curvature could have
    a, c = a + damping, c + damping
    det = a * c - b * b  # Cramer
    return [x[0] - eta * (c * g[0] - b * g[1]) / det, x[1] - eta * (a * g[1] - b * g[0]) / det]


# a trace


def trace(function, start, optimizer, s, rounds):
    x = [D(v) for v in start]
    before, states, loss_before = list(x), [{} for _ in x], None
    points = [(list(x), function(x)[0])]
    for t in range(1, rounds + 1):
        at = x
        if optimizer == "nesterov":
            at = [x[i] + s["beta"] * states[i].get("step", D(0)) for i in range(len(x))]
        loss, g, hess = function(at)
        if s["clip_norm"] > 0:
            norm = sum(v * v for v in g).sqrt()
            if norm > s["clip_norm"]:
                g = [v * s["clip_norm"] / norm for v in g]
        decay = s["weight_decay"]
        if s["decay"] == "coupled":
            g = [g[i] + decay * at[i] for i in range(len(x))]
            hess = [[hess[i][j] + (decay if i == j else 0) for j in range(len(x))]
                    for i in range(len(x))]
        if optimizer == "newton":
            new = newton(s, t, x, g, hess)
        else:
            new = [OPTIMIZERS[optimizer](states[i], s, t, x[i], g[i], before[i], loss, loss_before)
                   for i in range(len(x))]
        if s["decay"] == "decoupled":
            new = [new[i] - rate(s, t) * decay * x[i] for i in range(len(x))]
        before, x, loss_before = x, new, loss
        points.append((list(x), function(x)[0]))
    return points


# cases

CLOSE = "2e-6"
STIFF = "5e-5"  # Rosenbrock: derivatives in the hundreds cancel, in float32
EXACT = "0"
CASES = []


def case(name, tolerance, function, start, optimizer, rounds, condition=None, **given):
    CASES.append((name, tolerance, function, start, optimizer, rounds, condition, given))


EASY = dict(function="bowl", condition="4", start=("1", "-2"))  # curvatures 1 and 4
STEEP = dict(learning_rate="0.125")

case("gd-bowl", EXACT, **EASY, optimizer="gd", rounds=6, **STEEP)
case("gd-well", CLOSE, "well", ("1", "0.5"), "gd", 20, learning_rate="0.5")
case("momentum-bowl", EXACT, **EASY, optimizer="momentum", rounds=5, beta="0.5", **STEEP)
case("momentum-well", CLOSE, "well", ("1", "0.5"), "momentum", 20)
case("nesterov-bowl", EXACT, **EASY, optimizer="nesterov", rounds=5, beta="0.5", **STEEP)
case("nesterov-well", CLOSE, "well", ("1", "0.5"), "nesterov", 20)

# Growth by 1.5: all values stay short binary fractions. From (1, -2) the first flips come soon.
GROW = dict(initial_step="0.5", increase="1.5", min_step="0.0625", max_step="1")
for optimizer in ("rprop", "rprop+", "rprop-", "irprop+", "irprop-"):
    file = optimizer.replace("+", "-plus")
    if optimizer.endswith("-"):
        file = optimizer + "minus"
    case(file + "-bowl", EXACT, "bowl", ("1", "-2.125"), optimizer, 10, "4", **GROW)
    case(file + "-well", CLOSE, "well", ("1.2", "0.7"), optimizer, 20)
    case(file + "-rosenbrock", CLOSE, "rosenbrock", ("-1.2", "1"), optimizer, 15)
case("rprop-keep-bowl", EXACT, "bowl", ("1", "-2.125"), "rprop", 10, "4", after_flip="keep", **GROW)
case("rprop-keep-well", CLOSE, "well", ("1.2", "0.7"), "rprop", 20, after_flip="keep")

case("quickprop-bowl", CLOSE, **EASY, optimizer="quickprop", rounds=4, learning_rate="0.125")
case("quickprop-well", CLOSE, "well", ("1", "0.5"), "quickprop", 12, learning_rate="0.25")
case("quickprop-saddle", CLOSE, "saddle", ("1", "0.25"), "quickprop", 10)
case("rmsprop-bowl", CLOSE, **EASY, optimizer="rmsprop", rounds=10, learning_rate="0.125", gamma="0.75",
     epsilon="0.25")
case("rmsprop-well", CLOSE, "well", ("1", "0.5"), "rmsprop", 20)
case("adam-bowl", CLOSE, **EASY, optimizer="adam", rounds=10, learning_rate="0.125", delta="0.5",
     gamma="0.75", epsilon="0.25")
case("adam-well", CLOSE, "well", ("1", "0.5"), "adam", 20)
case("adam-coupled-well", CLOSE, "well", ("1", "0.5"), "adam", 15, learning_rate="0.0625",
     weight_decay="0.25", epsilon="0.125")
case("adam-decoupled-well", CLOSE, "well", ("1", "0.5"), "adam", 15, learning_rate="0.0625",
     weight_decay="0.25", decay="decoupled", epsilon="0.125")
# All weights on these bowls are quarters; signs flip, and gradients become 0.
case("signsgd-bowl", EXACT, **EASY, optimizer="signsgd", rounds=10, learning_rate="0.25")
case("signsgd-rosenbrock", STIFF, "rosenbrock", ("-1.2", "1"), "signsgd", 20)
case("signum-bowl", EXACT, **EASY, optimizer="signum", rounds=10, learning_rate="0.25", beta="0.5")
case("signum-well", CLOSE, "well", ("1", "0.5"), "signum", 30, learning_rate="0.07")
case("lion-bowl", EXACT, **EASY, optimizer="lion", rounds=10, learning_rate="0.25", beta1="0.5",
     beta2="0.75")
case("lion-well", CLOSE, "well", ("1", "0.5"), "lion", 30, learning_rate="0.07")
case("lion-decoupled-well", CLOSE, "well", ("1", "0.5"), "lion", 30, learning_rate="0.07",
     weight_decay="0.5")
case("newton-diagonal-bowl", CLOSE, **EASY, optimizer="newton", rounds=6)
case("newton-diagonal-well", CLOSE, "well", ("1.5", "0.25"), "newton", 12, damping="0.125")
case("newton-full-rosenbrock", STIFF, "rosenbrock", ("-1.2", "1"), "newton", 10, curvature="full")
case("newton-full-well", CLOSE, "well", ("1", "0.5"), "newton", 12, curvature="full",
     damping="0.25")
case("newton-full-saddle", CLOSE, "saddle", ("1", "0.25"), "newton", 10, curvature="full",
     damping="0.25", learning_rate="0.75")

# Options around an optimizer.
case("gd-coupled-bowl", EXACT, **EASY, optimizer="gd", rounds=4, weight_decay="0.5", **STEEP)
case("gd-decoupled-bowl", EXACT, **EASY, optimizer="gd", rounds=4, weight_decay="0.5",
     decay="decoupled", **STEEP)
case("nesterov-coupled-well", CLOSE, "well", ("1", "0.5"), "nesterov", 15, weight_decay="0.25")
case("rprop-coupled-bowl", EXACT, "bowl", ("1", "-2.125"), "rprop", 8, "4", weight_decay="0.5",
     **GROW)
case("newton-full-coupled-rosenbrock", STIFF, "rosenbrock", ("-1.2", "1"), "newton", 8,
     curvature="full", weight_decay="0.5")
case("newton-diagonal-coupled-well", CLOSE, "well", ("1", "0.25"), "newton", 8,
     weight_decay="0.5", damping="0.5")
# A gradient of (3, 4) has norm 5; clipped to 2.5 it is (1.5, 2).
case("gd-clip-bowl", CLOSE, "bowl", ("3", "1"), "gd", 8, "4", learning_rate="0.5", clip_norm="2.5")
case("adam-clip-rosenbrock", CLOSE, "rosenbrock", ("-1.2", "1"), "adam", 10, clip_norm="1",
     learning_rate="0.03125")
case("newton-full-clip-rosenbrock", STIFF, "rosenbrock", ("-1.2", "1"), "newton", 8,
     curvature="full", clip_norm="1")
case("lion-coupled-clip-well", CLOSE, "well", ("1", "0.5"), "lion", 20, learning_rate="0.07",
     weight_decay="0.25", decay="coupled", clip_norm="0.1")
case("signum-cosine-bowl", CLOSE, **EASY, optimizer="signum", rounds=15, learning_rate="0.3",
     schedule="cosine", schedule_rounds="12")
case("gd-step-bowl", EXACT, **EASY, optimizer="gd", rounds=5, schedule="step", schedule_rounds="2",
     schedule_factor="0.5", **STEEP)
case("momentum-cosine-well", CLOSE, "well", ("1", "0.5"), "momentum", 15, schedule="cosine",
     schedule_rounds="10", schedule_factor="0.25", warmup_rounds="3")
case("adam-decoupled-step-well", CLOSE, "well", ("1", "0.5"), "adam", 10, learning_rate="0.125",
     weight_decay="0.125", decay="decoupled", schedule="step", schedule_rounds="3",
     schedule_factor="0.5", warmup_rounds="2")


def text(value):
    """20 significant digits; what is only the 50th digit's rounding is 0"""
    value = value if abs(value) > D("1e-40") else D(0)
    return format(D("{:.19e}".format(value)).normalize(), "f" if value == 0 else "g")


def arguments(function, start, optimizer, rounds, condition, given):
    words = ["--function=" + function]
    if condition:
        words.append("--condition=" + condition)
    words += ["--start=" + ",".join(start), "--optimizer=" + optimizer, "--rounds=" + str(rounds)]
    return words + ["--set=" + key + "=" + value for key, value in given.items()]


def main(folder):
    index = ["# file, tolerance, arguments of cordee trace; written by golden.py"]
    for name, tolerance, function, start, optimizer, rounds, condition, given in CASES:
        points = trace(FUNCTIONS[function](condition), start, optimizer, resolve(optimizer, given), rounds)
        with open(os.path.join(folder, name + ".csv"), "w", encoding="ascii") as out:
            out.write(",".join(["round"] + ["x%d" % (i + 1) for i in range(len(start))] + ["f"]))
            out.write("\n")
            for t, (x, f) in enumerate(points):
                out.write(",".join([str(t)] + [text(v) for v in x + [f]]) + "\n")
        index.append(" ".join([name + ".csv", tolerance]
                              + arguments(function, start, optimizer, rounds, condition, given)))
    with open(os.path.join(folder, "index.txt"), "w", encoding="ascii") as out:
        out.write("\n".join(index) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
