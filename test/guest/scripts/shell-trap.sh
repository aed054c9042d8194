# shells: bash busybox
# Traps: exit, signals, ignored signals, in subshells.
trap 'echo exit trap $?' EXIT
trap 'echo got USR1' USR1
kill -USR1 $$
echo after
trap '' TERM
kill -TERM $$
echo still here
sh -c 'kill -TERM $$; echo ignored is inherited'
trap - TERM
(trap 'echo subshell exit' EXIT; exit 6)
echo "subshell $?"
sh -c 'trap "echo interrupted; exit 9" INT; kill -INT $$; sleep 1'
echo "status $?"
sh -c 'kill -KILL $$'
echo "status $?"
sh -c 'kill -SEGV $$' 2>/dev/null
echo "status $?"
(sleep 0.1; kill -USR1 $$) &
wait $!
echo "wait $?"
wait
exit 12
