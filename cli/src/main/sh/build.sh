# Builds what the launcher in a checkout runs, if that has not been done or sources have changed. The launcher reads this file; it
# has set home, module ("cli" or "bench"), and say and fail.

# Prints why it has to be built; nothing if it is up to date.
stale() {
  if [ ! -f "$stamp" ]; then
    echo "not built yet"
  elif [ -n "$(find "$home/pom.xml" "$home"/*/pom.xml "$home"/*/src/main -path "$home/$unused/*" -prune \
    -o -newer "$stamp" -print 2>/dev/null | head -n 1)" ]; then
    echo "sources have changed"
  elif grep -q -e -dirty "$home/proto/target/classes/io/cordee/proto/version.txt" 2>/dev/null; then
    # The changes may have been committed since: the version then names another commit.
    case $(cd "$home" && sh proto/src/main/scripts/version.sh 2>/dev/null) in *-dirty) ;; *) echo "sources have been committed" ;; esac
  fi
}

build() {
  mvn=$(command -v mvn) || fail "no mvn found to build with; install Maven 3.9 or later"
  version=$(MAVEN_ARGS= "$mvn" --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1)
  case $version in
    3.9* | 3.[1-9][0-9]* | [4-9]*) ;;
    *) fail "Maven ${version:-of unknown version} is too old; install Maven 3.9 or later" ;;
  esac
  # One process at a time builds; the others wait and find it done.
  lock=$home/target/building
  mkdir -p "$home/target"
  until mkdir "$lock" 2>/dev/null; do
    owner=$(cat "$lock/process" 2>/dev/null)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      rm -rf "$lock" # its process was killed
    else
      [ -n "${waits:-}" ] || say INFO "another cordee is building; waiting for it"
      waits=yes
      sleep 1
    fi
  done
  echo $$ >"$lock/process"
  log=$(mktemp)
  trap 'rm -rf "$lock" "$log"' EXIT
  trap 'exit 130' INT TERM
  why=$(stale)
  if [ -n "$why" ]; then
    say INFO "$why; building with mvn (the first time fetches libraries, a minute or two)"
    if ! (cd "$home" && "$mvn" -q -ntp -B -pl "$module" -am -Dmaven.test.skip=true -Dquick package) >"$log" 2>&1; then
      if [ -n "$json" ]; then
        while IFS= read -r line; do say ERROR "$line"; done <"$log"
      else
        cat "$log" >&2
      fi
      fail "the build failed; see above"
    fi
  fi
  rm -rf "$lock" "$log"
  trap - EXIT INT TERM
}

stamp=$home/$module/target/built
unused=bench
[ "$module" = cli ] || unused=none
[ -z "$(stale)" ] || build
