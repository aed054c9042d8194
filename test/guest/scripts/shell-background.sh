# shells: bash busybox
# Background jobs, wait and its statuses, kill.
(sleep 0.1; echo slow; exit 4) &
slow=$!
(echo fast; exit 5) &
fast=$!
wait $fast
echo "fast $?"
wait $slow
echo "slow $?"
sleep 100 &
victim=$!
kill $victim
wait $victim
echo "killed $?"
sleep 100 &
victim=$!
# Together: bash says "Killed" on its own when it hears of the end before it waits.
{ kill -9 $victim; wait $victim; } 2>/dev/null
echo "killed $?"
for i in 1 2 3 4 5; do (sleep 0.0$i; echo $i > out.$i) & done
wait
cat out.*
wait 99999
echo "not a child $?"
kill -0 $$ && echo alive
kill 99999999 2>/dev/null
echo "no such process $?"
{ sleep 0.05; echo from the group; } &
wait
echo end
