#!/bin/sh
# Builds the wheel, installs it in a fresh virtual environment, and trains with it, away from the checkout, on Debian's Python.
# Installs what is missing, as root.
set -eu
cd "$(dirname "$0")"
needed="python3-venv python3-pip python3-setuptools python3-wheel python3-sklearn python3-cloudpickle python3-yaml"
# shellcheck disable=SC2086
dpkg -s $needed >/dev/null 2>&1 || {
  apt-get update -qq -o DPkg::Lock::Timeout=300
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends $needed >/dev/null
}
wheel=$(PYTHON=/usr/bin/python3 ./wheel.sh)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
/usr/bin/python3 -m venv --system-site-packages "$place/env"
"$place/env/bin/pip" install -q --no-index "$wheel"
java=$(dirname "$(readlink -f "$(command -v java)")")
cd "$place"
env -i HOME="$place" PATH="$java:/usr/bin:/bin" env/bin/python - <<'END'
import sys, time
from importlib.metadata import entry_points
from pathlib import Path
import cordee, cordee.java
from sklearn.datasets import load_digits

launcher = Path(cordee.java.command()[-1])
assert launcher.is_relative_to(sys.prefix), launcher
assert Path(cordee.__file__).with_name("py.typed").exists()
assert any(command.name == "cordee-run" for command in entry_points(group="console_scripts"))
x, y = load_digits(return_X_y=True)
for turn in ("first", "second"):
    begun = time.monotonic()
    network = cordee.MLPClassifier(max_iter=50, random_state=1).fit(x, y)
    print(f"{turn} fit: {time.monotonic() - begun:.2f} s, accuracy {network.score(x, y):.4f}")
    assert network.score(x, y) > 0.99
run = cordee.train(rounds=20, workers=2, out="run", quiet=True)
assert run.digest == cordee.train(rounds=20, out="again", quiet=True).digest
END
[ -z "$(find "$place" -maxdepth 1 -name '*runs*')" ]
"$place/env/bin/pip" uninstall -q -y cordee
left=$(find "$place/env" -path '*cordee*' -type f)
[ -z "$left" ] || { echo "left behind: $left" >&2; exit 1; }
echo "ok: the wheel trains away from the checkout, and is taken away whole"
