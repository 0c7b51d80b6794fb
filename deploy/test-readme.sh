#!/usr/bin/env bash
# Runs the commands of README.md as they stand there, block by block, in a fresh clone of what is committed, and compares the
# figures and digests that it shows. Then checks the links and paths of all pages. Blocks under a line
# <!-- needs: WHAT --> are skipped. Needs a JDK, Maven, python3 and port 7311.
set -euo pipefail
cd "$(dirname "$0")/.."

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
git clone -q . "$place/cordee"
cd "$place/cordee"

# One file for each block, with what it needs in its first line.
mkdir "$place/blocks"
awk -v to="$place/blocks/" '
  /^<!-- needs: .* -->$/ { needs = $0; gsub(/^<!-- needs: | -->$/, "", needs); next }
  /^```sh$/ { file = to sprintf("%02d", ++count); print "# " needs >file; next }
  /^```/ { file = "" }
  file { print >file }
  { needs = "" }' README.md

printed=$place/printed
ran=0
for block in "$place"/blocks/*; do
  needs=$(sed -n '1s/^# //p' "$block")
  if [ -n "$needs" ]; then
    echo "skipped, as it needs $needs: $(sed -n 2p "$block")"
    continue
  fi
  begun=$SECONDS
  timeout 600 bash -eo pipefail "$block" >"$place/out" 2>&1 </dev/null || {
    code=$?
    cat "$block" "$place/out"
    echo "FAILED: this block of README.md ended with exit code $code, and printed the above" >&2
    exit 1
  }
  cat "$place/out" >>"$printed"
  echo "ok: $(sed -n 2p "$block") ($((SECONDS - begun)) s)"
  ran=$((ran + 1))
done
[ "$ran" -ge 5 ] || { echo "FAILED: README.md had $ran blocks to run; are they still marked sh?" >&2; exit 1; }

# What the README says that is printed: accuracies of four digits, and digests.
for figure in $(sed -n '/^```/,/^```/p' README.md | grep -oE '\b(0\.[0-9]{4}|[0-9a-f]{16})\b' | sort -u); do
  grep -q "\b$figure\b" "$printed" || { echo "FAILED: README.md shows $figure, which was not printed" >&2; exit 1; }
done
echo "ok: the accuracies and digests of README.md were printed"

python3 - <<'PYTHON'
import os, re, subprocess, sys

pages = subprocess.check_output(["git", "ls-files", "*.md"], text=True).split()
tops = {name.split("/")[0] for name in subprocess.check_output(["git", "ls-files"], text=True).split("\n") if "/" in name}
wrong = []

def text(page):
    """The page without its blocks of code, in which nothing is a link or a heading."""
    return re.sub(r"^```.*?^```", "", open(page).read(), flags=re.M | re.S)

def anchors(page):
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ +(.*)", text(page), re.M)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"\[(.*?)\]\(.*?\)", r"\1", heading).lower()).strip().replace(" ", "-") for heading in headings}

for page in pages:
    body, folder = text(page), os.path.dirname(page)
    for link in re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", body):
        link = "".join(link)
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        file = os.path.normpath(os.path.join(folder, path)) if path else page
        if not os.path.exists(file):
            wrong.append(f"{page}: no file {link}")
        elif anchor and file.endswith(".md") and anchor not in anchors(file):
            wrong.append(f"{page}: no heading {link}")
    # Names of files in the checkout, in code.
    for path in re.findall(r"`([\w.-]+/[\w./-]+)`", body):
        is_there = any(os.path.exists(os.path.join(at, path)) for at in ("", folder))
        if path.split("/")[0] in tops and not is_there and subprocess.call(["git", "check-ignore", "-q", path]):
            wrong.append(f"{page}: no file `{path}`")
print("\n".join(wrong), end="\n" if wrong else "")
sys.exit(f"FAILED: {len(wrong)} links or paths lead nowhere" if wrong else 0)
PYTHON
echo "ok: the links and paths of all pages"
echo "passed in $SECONDS s"
