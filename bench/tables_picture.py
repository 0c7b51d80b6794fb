#!/usr/bin/python3
"""Draws what bench/tables.sh prints: a round's milliseconds and bytes against the table's size.

usage: bench/tables.sh 10k 100k 1M 4M | bench/tables_picture.py > docs/tables.svg
"""

import math
import re
import sys

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP = 330, 250, 50, 30, 40, 30
COLOURS = {"irprop-, batch full": "#1b6ca8", "irprop-, batch 8192": "#c8553d", "adam, batch 8192": "#588157"}
DASHES = {"adam, batch 8192": "6 4"}  # so that what it covers shows
LINE = re.compile(r"(\S+) ids, (.*?)(, dense)?: (\S+) ms, (\S+) MB")


def number(text):
    return float(text.rstrip("kM")) * {"k": 1e3, "M": 1e6}.get(text[-1], 1)


def panel(left, title, series):
    """Logarithmic in both directions, with a grid of powers of ten."""
    points = [point for line in series.values() for point in line]
    low, high = (math.floor(math.log10(min(y for _, y in points))), math.ceil(math.log10(max(y for _, y in points))))
    first, last = (math.log10(f(x for x, _ in points)) for f in (min, max))
    at_x = lambda x: left + LEFT + (math.log10(x) - first) / max(last - first, 1e-9) * (WIDTH - LEFT - 10)
    at_y = lambda y: HEIGHT - BOTTOM - (math.log10(y) - low) / max(high - low, 1) * (HEIGHT - BOTTOM - TOP)
    print(f'<text x="{left + LEFT}" y="16" font-weight="bold">{title}</text>')
    for power in range(low, high + 1):
        y = at_y(10**power)
        print(f'<path d="M{left + LEFT} {y:.1f}H{left + WIDTH - 10}" stroke="#ccc"/>')
        print(f'<text x="{left + LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for x in sorted({x for x, _ in points}):
        name = f"{x / 1e6:g}M" if x >= 1e6 else f"{x / 1e3:g}k"
        print(f'<text x="{at_x(x):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{name}</text>')
    for name, line in series.items():
        path = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in sorted(line))
        print(
            f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"'
            f' stroke-dasharray="{DASHES.get(name, "none")}"/>')


def main():
    found = [LINE.match(line) for line in sys.stdin]
    rows = [it.groups() for it in found if it and not it[3]]
    if not rows:
        sys.exit(__doc__)
    print(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH + GAP} {HEIGHT + 20}"'
        ' font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>'
    )
    for i, title in enumerate(("Milliseconds of a round", "Megabytes of a round, all ways")):
        series = {name: [(number(row[0]), float(row[3 + i])) for row in rows if row[1] == name] for name in COLOURS}
        panel(i * (WIDTH + GAP), title, {name: line for name, line in series.items() if line})
        print(f'<text x="{i * (WIDTH + GAP) + LEFT}" y="{HEIGHT - 6}">ids to draw from, 16 numbers each</text>')
    for i, (name, colour) in enumerate(COLOURS.items()):
        print(f'<text x="{LEFT + i * 160}" y="{HEIGHT + 13}" fill="{colour}" font-weight="bold">{name}</text>')
    print("</svg>")


main()
