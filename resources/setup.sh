# Sourced by app/run and tests/run: installs what is missing, builds, prepares. All words go to stderr; bash, set -euo pipefail.

if [ -z "${HOME:-}" ]; then export HOME; HOME=$(getent passwd "$(id -u)" | cut -d: -f6); fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/nova-console
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

build_packages=(
  g++ cmake ninja-build ccache mold pkg-config
  qt6-base-dev qt6-svg-dev qt6-websockets-dev libqcustomplot-dev libqcustomplot2.1-qt6 libgl-dev fonts-inter fonts-jetbrains-mono
  librdkafka-dev libpqxx-dev libhiredis-dev libgrpc++-dev protobuf-compiler-grpc libprotobuf-dev libprotoc-dev protobuf-compiler
  libboost1.81-dev tao-pegtl-dev libre2-dev libcsv-dev libsqlite3-dev nlohmann-json3-dev libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev
  prometheus-cpp-dev libsodium-dev libjwt-dev libxxhash-dev libssl-dev libcurl4-openssl-dev)
run_packages=(default-jre-headless maven postgresql redis-server fonts-wqy-microhei)
test_packages=(xvfb xauth kcat python3-graphql-core dbus-daemon)

# What app/run and tests/run may set before they ask for packages: the preset, minutes of one core that its build takes, and
# what comes beside it.
preset=${preset:-release} build_minutes=24 nova_will_run=yes promtool_megabytes=0 then_tests=''

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# step TEXT COMMAND…: one line with the elapsed time; the command's own words go to a log and are shown when it fails.
step() {
  local text=$1 begin=$SECONDS log
  shift
  mkdir -p "$root/build"
  log=$(mktemp "$root/build/step.XXXXXX")
  [ -t 2 ] && printf '  …       %s\r' "$text" >&2
  if "$@" >"$log" 2>&1; then
    printf '  %4d s  %s\n' $((SECONDS - begin)) "$text" >&2
    rm -f "$log"
  else
    printf '  %4d s  %s: failed\n' $((SECONDS - begin)) "$text" >&2
    tail -n 40 "$log" >&2
    rm -f "$log"
    return 1
  fi
}

distribution() { (. /etc/os-release 2>/dev/null && printf '%s %s' "${NAME:-unknown}" "${VERSION_ID:-}") || printf 'an unknown system'; }
is_debian12() { [ "$(. /etc/os-release 2>/dev/null && printf '%s %s' "${ID:-}" "${VERSION_ID:-}")" = "debian 12" ]; }

# Names of the given packages that are not installed. A program that is there already, from elsewhere, will do.
missing_packages() {
  local package status
  for package in "$@"; do
    case $package in
      default-jre-headless) command -v java >/dev/null && continue ;;
      maven) command -v mvn >/dev/null && continue ;;
      redis-server) command -v redis-server >/dev/null && continue ;;
      postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && continue ;;
      xvfb) command -v Xvfb >/dev/null && continue ;;
    esac
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || printf '%s\n' "$package"
  done
}

# Maven fetches the OpenTelemetry protos for the build, and Kafka for the run; both once.
maven_needed_for_build() { ! compgen -G "$cache/otlp-protos-*/opentelemetry" >/dev/null; }

# What Maven still has to fetch, in MB: its own parts and the protos for the build; Kafka and S3Proxy for a Nova that is to run.
maven_megabytes() {
  local sum=0
  if maven_needed_for_build; then sum=$((sum + 25)); fi
  if [ "$nova_will_run" = yes ]; then
    if ! compgen -G "$cache/kafka-*/kafka-clients-*.jar" >/dev/null; then sum=$((sum + 45)); fi
    if ! compgen -G "$cache/s3-*/s3proxy-*.jar" >/dev/null; then sum=$((sum + 25)); fi
  fi
  printf '%d' "$sum"
}

# By apt's own lists; a computer that has none yet cannot say it more closely.
packages_download() {
  local bytes
  bytes=$(apt-get install --print-uris -qq -y --no-install-recommends "$@" 2>/dev/null | awk '{ sum += $3 } END { print sum + 0 }' || true)
  if [ "${bytes:-0}" -gt 0 ]; then printf 'about %d MB of packages' $(((bytes + 999999) / 1000000))
  else printf 'at most 350 MB of packages (this computer has no package lists yet)'; fi
}

# The command prefix that makes us root: empty for root itself; fails when there is none.
as_root() {
  if [ "$(id -u)" = 0 ]; then return 0; fi
  command -v sudo >/dev/null || return 1
  if [ -t 0 ]; then printf 'sudo'; return 0; fi
  sudo -n true 2>/dev/null && printf 'sudo -n'
}

# One line to copy: by sudo where there is one, else as root.
copy_line() {
  local install="apt-get install -y --no-install-recommends $*"
  if [ "$(id -u)" = 0 ]; then printf 'apt-get update && %s' "$install"
  elif command -v sudo >/dev/null; then printf 'sudo apt-get update && sudo %s' "$install"
  else printf 'su -c "apt-get update && %s"' "$install"; fi
}

# announce MAVEN_MB PACKAGE…: before anything begins: what is installed and why, how much comes down, how long it takes.
announce() {
  local maven=$1 cores downloads=()
  shift
  cores=$(nproc)
  if [ "$#" -gt 0 ]; then
    say "Nova Console needs these packages of Debian 12, which are not installed yet:"
    say "$(printf '%s\n' "$@" | fmt -w 100 | sed 's/^/    /')"
    say "They are the compiler and libraries (Qt 6, librdkafka, libpqxx, hiredis, gRPC, Boost, …), and what a local Nova runs on"
    say "(Java and Maven for Kafka and S3, PostgreSQL, Redis)."
    downloads+=("$(packages_download "$@")")
  fi
  [ "$maven" = 0 ] || downloads+=("about $maven MB from Maven Central for Kafka and S3")
  [ "$promtool_megabytes" = 0 ] || downloads+=("about $promtool_megabytes MB for promtool, which checks the alert rules")
  if [ "${#downloads[@]}" = 0 ]; then
    say "Nothing is to be installed. The first build takes roughly $((build_minutes / cores + 1)) minutes on this machine's $cores cores."
    return 0
  fi
  say "To download: $(printf '%s, ' "${downloads[@]}" | sed 's/, $//')."
  if is_built; then say "Roughly 3 minutes. Later runs need no network."
  else
    say "Roughly $((build_minutes / cores + 3)) minutes on this machine's $cores cores, most of it the build$then_tests. Later runs need neither."
  fi
}

is_configured() { [ -f "$root/build/$preset/build.ninja" ]; }
is_built() { is_configured && ninja -C "$root/build/$preset" -n 2>/dev/null | grep -q 'no work to do'; }

confirm() {
  [ "$assume_yes" = yes ] && return 0
  [ -t 0 ] || return 0
  local answer
  read -r -p "Go on? [Y/n] " answer
  case ${answer,,} in '' | y | yes | j | ja) return 0 ;; *) return 1 ;; esac
}

apt_install() {
  local prefix=$1
  shift
  if [ "$prefix" = sudo ]; then sudo -v; fi
  # RUNLEVEL=1: the databases' packages do not start servers of their own; Nova runs its own.
  step "package lists" $prefix apt-get update || true
  step "$# packages" $prefix env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y --no-install-recommends "$@"
}

# ensure_packages required… -- optional…: without the required ones we stop; without the optional ones the window says what is missing.
ensure_packages() {
  local required=() optional=() prefix maven why='They could not be installed from here'
  while [ "$#" -gt 0 ] && [ "$1" != -- ]; do required+=("$1"); shift; done
  [ "$#" -gt 0 ] && shift
  mapfile -t required < <(missing_packages "${required[@]}")
  mapfile -t optional < <(missing_packages "$@")
  local all
  mapfile -t all < <(printf '%s\n' "${required[@]}" "${optional[@]}" | awk 'NF && !seen[$0]++')
  maven=$(maven_megabytes)
  if [ "${#all[@]}" = 0 ]; then
    if [ "$maven" != 0 ]; then
      announce "$maven"
      confirm || stop "Nothing was done."
    elif ! is_configured; then
      announce 0
    fi
    return 0
  fi
  if ! is_debian12; then
    say "This is $(distribution); Nova Console is made for Debian 12."
    command -v apt-get >/dev/null || stop "There is no apt-get here. What is needed, by Debian's names: ${all[*]}"
  fi
  announce "$maven" "${all[@]}"
  if prefix=$(as_root); then
    if ! confirm; then why='They were not installed'
    elif apt_install "$prefix" "${all[@]}"; then return 0; fi
  fi
  mapfile -t required < <(missing_packages "${required[@]}")
  if [ "${#required[@]}" = 0 ]; then
    say "Going on without: ${optional[*]}. The window's first page says how to get them."
    return 0
  fi
  say "$why. Please run this line, then start again:"
  stop "$(copy_line "${all[@]}")"
}

binaries() { printf 'nova-console nova-watchdog '; grep -o '"binary": *"[^"]*"' "$root/resources/catalogue.json" | cut -d'"' -f4 | tr '\n' ' '; }

# promtool checks the alert rules. It is unpacked, not installed: Debian has it in a package that brings a server with it.
promtool_missing() { ! command -v promtool >/dev/null && [ ! -x "$cache/promtool/usr/bin/promtool" ]; }

ensure_promtool() {
  if promtool_missing; then
    local work
    work=$(mktemp -d)
    if step "promtool" bash -c "cd '$work' && apt-get download prometheus && dpkg-deb -x prometheus_*.deb tree"; then
      mkdir -p "$cache/promtool/usr/bin"
      mv "$work/tree/usr/bin/promtool" "$cache/promtool/usr/bin/promtool"
    else
      say "  Going on; the test of the alert rules will say that it was skipped."
    fi
    rm -rf "$work"
  fi
  export PATH=$PATH:$cache/promtool/usr/bin
}

# build PRESET [TARGET…]: configures once, builds what changed. On a terminal ninja shows its progress.
build() {
  local preset=$1 folder=$root/build/$1 begin=$SECONDS
  shift
  if [ ! -f "$folder/build.ninja" ]; then step "configure ($preset)" cmake -S "$root" --preset "$preset" || exit 1; fi
  if ninja -C "$folder" -n "$@" 2>/dev/null | grep -q 'no work to do'; then return 0; fi
  if [ -t 2 ]; then
    NINJA_STATUS='  building %f of %t  ' ninja -C "$folder" "$@" >&2 || exit 1
    printf '  %4d s  build (%s)\n' $((SECONDS - begin)) "$preset" >&2
  else
    step "build ($preset)" ninja -C "$folder" "$@" || exit 1
  fi
}

# The jars and class archives of Kafka and S3, and PostgreSQL's template folder, in the user's cache, once.
prepare() {
  if compgen -G "$cache/kafka-*-*/kafka.jsa" >/dev/null && compgen -G "$cache/s3-*-*/s3.jsa" >/dev/null && compgen -G "$cache/postgres-*" >/dev/null; then return 0; fi
  command -v java >/dev/null || return 0
  step "jars and class archives of Kafka and S3, PostgreSQL's template" "$1" prepare || say "  Going on; the local Nova will try it again."
}
