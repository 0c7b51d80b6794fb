#!/bin/sh
# Writes the version that is built to a file: version.sh VERSION COMMIT FILE, in the root of the sources. A snapshot's has its
# commit, the last one that changed what is built: 0.1.0-SNAPSHOT+52fa01873b1c, with -dirty if that has changed since. COMMIT may be
# empty: then git is asked, and where there is none, or the sources are no checkout but lie in one, the commit is left out. The file is
# left as it is if it says the same, so that what has been built with it stays up to date. Without arguments it prints the commit.
set -eu

commit() {
  [ -e .git ] || return 0
  set -- pom.xml '*/pom.xml' '*/src/main/*'
  last=$(git log -1 --format=%h --abbrev=12 -- "$@") && changes=$(git status --porcelain --untracked-files=all -- "$@") || {
    echo "version.sh: git cannot tell the commit of $(pwd), and the version does without; see the line above" >&2
    return 0
  }
  echo "$last${changes:+-dirty}"
}

if [ $# -eq 0 ]; then
  commit
  exit
fi
version=$1
commit=$2
file=$3
case $version in
  *-SNAPSHOT)
    [ -n "$commit" ] || commit=$(commit)
    [ -z "$commit" ] || version=$version+$commit
    ;;
esac
[ "$(cat "$file" 2>/dev/null)" != "$version" ] || exit 0
mkdir -p "$(dirname "$file")"
printf %s "$version" >"$file"
