# What every script of this directory reads first: `. "$LIB"`. A script starts servers and their clients in one sandbox, compares
# what they answer, and prints a line for each comparison; the test wants a status of 0 and at least one such line.
# LONG is empty, or set for the long form of a test.
set -u
cd "$(mktemp -d)" || exit 99
chmod 755 .

# by_length SHORT LONG: the one that this form of the test wants.
by_length() {
  if [ -n "$LONG" ]; then echo "$2"; else echo "$1"; fi
}

# wrong WHAT: ends the script.
wrong() {
  echo "wrong: $*"
  exit 1
}

# same WHAT EXPECTED SEEN
same() {
  [ "$2" = "$3" ] || wrong "$1: expected $(echo "$2" | head -c 500), got $(echo "$3" | head -c 500)"
  echo "checked: $1"
}

# least WHAT NUMBER SEEN: whole numbers or decimal fractions, of which the fraction does not count.
least() {
  case $3 in
    [0-9]*) ;;
    *) wrong "$1: $3" ;;
  esac
  [ "${3%%.*}" -ge "$2" ] || wrong "$1: expected at least $2, got $3"
  echo "checked: $1"
}

# eventually WHAT LOG COMMAND...: waits until the command succeeds, at most 30 s.
eventually() {
  what=$1
  log=$2
  shift 2
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || wrong "$what: not in 30 s: $(tail -n 3 "$log")"
    sleep 0.1
  done
}

# as USER COMMAND...: becomes the command; as another user when this is root, for servers that refuse to be root.
as() {
  user=$1
  shift
  if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
  fi
  exec "$@"
}

# rate FILE: requests a second, from what redis-benchmark -q or wrk has printed, or what wrk says of failures.
rate() {
  grep -e 'Non-2xx' -e 'Socket errors' "$1" && return
  tr '\r' '\n' <"$1" | sed -n -e 's/^Requests\/sec: *//p' -e 's/.*: \([0-9.]*\) requests per second.*/\1/p' | tail -n 1
}
