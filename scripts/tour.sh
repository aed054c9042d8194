# The tour of `make run`: a few commands inside the sandbox, and what the host has seen of them.
set -eu
tvisor="$(dirname "$0")/../bin/tvisor"
file=/tmp/tvisor-tour-$$

# Shows a command, then runs it.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

echo 'This machine:'
show uname -a

printf '\nInside the sandbox, whose kernel is tvisor:\n'
show "$tvisor" do -- uname -a
show "$tvisor" do -- ps -ef
show "$tvisor" do -- sh -c "echo 'written in the sandbox' > $file && cat $file && ls -l $file"

printf '\nAnd on this machine:\n'
if show ls -l "$file"; then
  echo 'tvisor: the file has reached the host: this is a bug' >&2
  exit 1
fi
printf '\nThe file was never here: it lived in memory and is gone with its sandbox.\n'
printf "Try: make run CMD='ls /', or bin/tvisor do --help\n"
