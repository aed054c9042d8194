# What every script of this directory reads first: . "$LIB"
export HOME=$PWD
chmod 755 .

step() { echo "== $*"; }

# ready PATTERN FILE: waits until a line of the file matches, or a socket does with the files of /proc/net; at most 10 s.
ready() {
  local i
  for ((i = 0; i < 500; i++)); do
    grep -q -e "$1" "${@:2}" 2>/dev/null && return
    sleep 0.02
  done
  echo "not ready: $*"
}

# tcp PORT, udp PORT: waits for a socket that listens on the port, of IPv4 or IPv6.
tcp() { ready "$(printf ':%04X 0*:0000 0A' "$1")" /proc/net/tcp /proc/net/tcp6; }
udp() { ready "$(printf ':%04X 0*:0000 07' "$1")" /proc/net/udp /proc/net/udp6; }
# listens NAME: waits for a unix socket with this name that listens.
listens() { ready " 00010000 .* $1\$" /proc/net/unix; }
# exists PATH: waits for a file.
exists() {
  local i
  for ((i = 0; i < 500; i++)); do
    [ -e "$1" ] && return
    sleep 0.02
  done
  echo "not there: $1"
}

# server COMMAND...: starts it in a session of its own, so that what it does to its process group is its own affair. $server
server() {
  setsid "$@" &
  server=$!
}

# stop PID...: ends processes and says nothing about it.
stop() {
  kill "$@" 2>/dev/null
  wait "$@" 2>/dev/null
  return 0
}

# Messages without what differs from run to run.
messages() { sed -E 's/^[0-9/]+ [0-9:]+ //; s/\[[0-9]+\]//'; }
