#!/usr/bin/env bash
# Builds what is installed, unpacks it where there is nothing but a JRE, installs the Debian package, and trains with both.
# Needs root for the package, which it takes away again.
set -euo pipefail
cd "$(dirname "$0")/.."

mvn -B -q -ntp -Pdist -Dmaven.test.skip -Dspotless.check.skip package
place=$(mktemp -d)
trap 'rm -rf "$place"; dpkg --purge cordee >/dev/null 2>&1 || true' EXIT
tar xzf dist/target/cordee-*.tar.gz -C "$place"
installed=$(echo "$place"/cordee-*/bin/cordee)
java=$(dirname "$(readlink -f "$(command -v java)")")
alone() { (cd "$place" && env -i PATH="$java:/usr/bin:/bin" "$@"); }
digest() { grep '^digest ' "$1"; }

alone "$installed" --version
alone "$installed" train --workers 2 --rounds 20 --out "$place/run" >"$place/train.log" || { cat "$place/train.log"; exit 1; }
alone "$installed" evaluate --model "$place/run" | grep accuracy
./cordee train --workers 2 --rounds 20 --out "$place/checkout" >"$place/checkout.log"
[ "$(digest "$place/train.log")" = "$(digest "$place/checkout.log")" ]
echo "ok: unpacked, it trains to the digest of the checkout"
[ -z "$(find "$place"/cordee-*/licences -type d -empty)" ]
[ "$(find "$place"/cordee-*/man -name 'cordee*.1' | wc -l)" -ge 15 ]
python3 -c 'import json, sys; assert len(json.load(open(sys.argv[1]))["components"]) > 50' "$place"/cordee-*/sbom.json
bash -n "$place"/cordee-*/completions/cordee
echo "ok: licences, manual pages, SBOM and completions"

dpkg -i dist/target/cordee_*.deb >"$place/dpkg.log" || { cat "$place/dpkg.log"; exit 1; }
alone /usr/bin/cordee train --in-process --rounds 20 --out "$place/packaged" >"$place/packaged.log"
[ "$(digest "$place/packaged.log")" = "$(digest "$place/checkout.log")" ]
echo "ok: the Debian package trains to the same digest"
