#!/bin/sh
# Writes the version that is built to a file: version.sh VERSION COMMIT FILE, in the root of the sources. A snapshot's has its
# commit: 0.1.0-SNAPSHOT+52fa01873b1c, with -dirty if what is built has changed since. COMMIT may be empty: then git is asked,
# and where there is none, or the sources are no checkout but lie in one, the commit is left out. The file is left as it is if it
# says the same, so that what has been built with it stays up to date.
set -eu
version=$1
commit=$2
file=$3
case $version in
  *-SNAPSHOT)
    if [ -z "$commit" ] && [ -e .git ] && commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then
      git diff --quiet HEAD -- pom.xml '*/pom.xml' '*/src/main' 2>/dev/null || commit=$commit-dirty
    fi
    [ -z "$commit" ] || version=$version+$commit
    ;;
esac
[ "$(cat "$file" 2>/dev/null)" != "$version" ] || exit 0
mkdir -p "$(dirname "$file")"
printf %s "$version" >"$file"
