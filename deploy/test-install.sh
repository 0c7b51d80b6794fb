#!/usr/bin/env bash
# Builds what is installed, unpacks it, installs the Debian package, and trains with both, away from the checkout. (The image
# has the archive where there is nothing but a runtime of Java: test-compose.sh.)
# Needs root for the package, which it takes away again.
set -euo pipefail
cd "$(dirname "$0")/.."

mvn -B -q -ntp -Pdist -Dmaven.test.skip -Dquick package
place=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$place"; dpkg --purge cordee >/dev/null 2>&1 || true' EXIT
! dpkg -s cordee >/dev/null 2>&1 || { echo "cordee is installed here; this test would remove it" >&2; exit 1; }
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
# Native code is not unpacked where it runs, neither by a server and workers nor for Zstandard.
mkdir "$place/home" "$place/tmp"
nowhere=(HOME="$place/home" TMPDIR="$place/tmp" CORDEE_JAVA_OPTS="-Djava.io.tmpdir=$place/tmp")
alone "${nowhere[@]}" "$installed" train --workers 2 --rounds 2 --out "$place/short" >/dev/null
(cd "$place" && exec env -i PATH="$java:/usr/bin:/bin" "${nowhere[@]}" "$installed" server --listen 127.0.0.1:0 --out waits) \
  >"$place/server.log" 2>&1 &
server=$!
for ((i = 0; ; i++)); do
  ! grep -q epoll "/proc/$server/maps" 2>/dev/null || break
  [ "$i" -lt 150 ] || { cat "$place/server.log"; exit 1; }
  sleep 0.2
done
libraries=$(awk '/\.so/ { $1 = $2 = $3 = $4 = $5 = ""; print }' "/proc/$server/maps" | sort -u)
kill "$server"
wait "$server" || true
server=
grep "/cordee-[^/]*/lib/native/libnetty_transport_native_epoll" <<<"$libraries" >/dev/null
elsewhere=$(grep -v -e ' /usr/' -e ' /lib' -e " ${java%/bin}/" -e " $place/cordee-" <<<"$libraries" || true)
[ -z "$elsewhere" ] || { echo "native code from elsewhere: $elsewhere" >&2; exit 1; }
cat >"$place/Pack.java" <<'END'
class Pack {
  public static void main(String[] args) {
    byte[] packed = com.github.luben.zstd.Zstd.compress(new byte[999]);
    assert com.github.luben.zstd.Zstd.decompress(packed, 999).length == 999;
  }
}
END
java -ea -Djava.io.tmpdir="$place/tmp" -DZstdNativePath="$(echo "$place"/cordee-*/lib/native/*zstd*)" \
  -cp "$(echo "$place"/cordee-*/lib)/*" "$place/Pack.java"
[ -z "$(find "$place/home" "$place/tmp" -mindepth 1)" ]
echo "ok: nothing is left in the home and temporary folders, and native code is where it was installed"

[ -z "$(find "$place"/cordee-*/licences -type d -empty)" ]
[ "$(find "$place"/cordee-*/man -name 'cordee*.1' | wc -l)" -ge 15 ]
python3 -c 'import json, sys; assert len(json.load(open(sys.argv[1]))["components"]) > 50' "$place"/cordee-*/sbom.json
bash -n "$place"/cordee-*/completions/cordee
echo "ok: licences, manual pages, SBOM and completions"

dpkg -i dist/target/cordee_*.deb >"$place/dpkg.log" || { cat "$place/dpkg.log"; exit 1; }
alone /usr/bin/cordee train --in-process --rounds 20 --out "$place/packaged" >"$place/packaged.log"
[ "$(digest "$place/packaged.log")" = "$(digest "$place/checkout.log")" ]
echo "ok: the Debian package trains to the same digest"
dpkg --purge cordee >/dev/null
[ ! -e /usr/share/cordee ] || { ls -R /usr/share/cordee >&2; exit 1; }
echo "ok: removed, it leaves nothing"
