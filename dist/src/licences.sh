#!/bin/sh
# licences.sh FOLDER JAR: the licences and notices that a library has, into a folder of its name.
set -eu
to=$1/$(basename "$2" .jar)
mkdir "$to"
unzip -q -o -C -j "$2" 'META-INF/*licen[cs]e*' 'META-INF/*notice*' 'META-INF/copying*' 'licen[cs]e*' 'notice*' -d "$to" -x '*/' '*.class' 2>/dev/null || true
rmdir "$to" 2>/dev/null || true
