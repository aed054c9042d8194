# What every workload reads first: `. "$LIB"`. A workload runs twice: `prepare` natively, once, to make its input in $INPUT;
# `run` under each target, in a new directory. It prints lines that bench/apps reads:
#   result NAME VALUE UNIT     a figure
#   checked WHAT               an answer that was compared with what it must be
#   skip WHY                   the target, or the machine, lacks something
#   wrong WHAT                 an answer is not what it must be: no figure counts

skip() {
  echo "skip $*"
  exit 0
}

wrong() {
  echo "wrong $*"
  exit 0
}

# need PROGRAM...: or skip.
need() {
  for program; do
    command -v "$program" >/dev/null 2>&1 || skip "$program is not installed"
  done
}

# requires inet|shm: what the kernel of the target must have, or skip. perl is on every Debian system.
requires() {
  case $1 in
    inet) what='TCP sockets' try='socket(S, 2, 1, 0)' ;;
    shm) what='System V shared memory' try='defined($id = shmget(0, 4096, 0600)) and shmctl($id, 0, 0)' ;;
  esac
  why=$(perl -e "$try or do { print \$!; exit 1 }") || skip "no $what: $why"
}

# same WHAT EXPECTED SEEN
same() {
  [ "$2" = "$3" ] || wrong "$1: expected $(echo "$2" | head -c 200), got $(echo "$3" | head -c 200)"
  echo "checked $1"
}

# What the last timed command printed.
printed=$PWD/printed

# timed NAME COMMAND...: the wall time of a command, in milliseconds, by the clock inside the target.
timed() {
  name=$1
  shift
  before=$(date +%s%N)
  "$@" >"$printed" 2>&1 || wrong "$name: exit status $?: $(tail -n 1 "$printed" | head -c 200)"
  after=$(date +%s%N)
  echo "result $name $(((after - before) / 10000))e-2 ms"
}

# eventually WHAT LOG COMMAND...: waits for a server until the command succeeds, at most 20 s.
eventually() {
  what=$1
  log=$2
  shift 2
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || skip "$what does not answer: $(grep . "$log" | tail -n 1 | head -c 200)"
    sleep 0.1
  done
}

# as USER COMMAND...: as another user when this is root, for servers that refuse to be root.
as() {
  user=$1
  shift
  if [ "$(id -u)" = 0 ]; then setpriv --reuid="$user" --regid="$user" --clear-groups "$@"; else "$@"; fi
}
