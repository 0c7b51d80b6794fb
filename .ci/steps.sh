# What the gates share: named steps with their seconds, and packages of Debian.
export DEBIAN_FRONTEND=noninteractive
steps=()

step() { # NAME
  end_step
  step=$1
  began=$SECONDS
  echo
  echo "=== $step (after $SECONDS s)"
}

end_step() {
  [ -z "${step:-}" ] || steps+=("$((SECONDS - began)) $step")
  step=
}

need() { # WHAT IS THERE IF IT IS INSTALLED, PACKAGES...
  eval "$1" >/dev/null 2>&1 || needed+=("${@:2}")
}

install_needed() {
  [ ${#needed[@]} -gt 0 ] || return 0
  apt-get -qq -o DPkg::Lock::Timeout=300 update
  apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${needed[@]}"
}

needed=()
need "command -v java" default-jdk-headless
need "command -v mvn" maven
need "command -v unzip" unzip

# Starts an engine where there is none, by the script beside the checkout that CI brings along.
start_docker() {
  if ! docker version >/dev/null 2>&1; then
    ENGINE_JAVA=17 bash "${ENGINE_SCRIPT:-../shared/tools/start-engine.sh}"
    trap 'bash "${ENGINE_SCRIPT:-../shared/tools/start-engine.sh}" stop' EXIT
  fi
}

# Prints the seconds of each step, and the test classes that took longest.
summary() {
  end_step
  echo
  echo "seconds  step"
  printf '%s\n' "${steps[@]}" "$SECONDS in all" | awk '{ n = $1; $1 = ""; printf "%7d %s\n", n, $0 }'
  echo
  echo "seconds  test class"
  find . -path '*/target/*-reports/TEST-*.xml' -newer "$start" -exec awk '
    function attribute(name) { return match($0, " " name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : "" }
    /<testsuite / { print attribute("time"), attribute("name"); nextfile }' {} + |
    tr -d , | sort -rn | awk 'NR <= 10 { printf "%7.1f  %s\n", $1, $2 }'
}
start=$(mktemp)
