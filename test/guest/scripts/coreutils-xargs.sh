# shells: bash
# timeout: 120
seq 1 40 | xargs -P4 -n1 sh -c 'echo $(($0 * $0))' | sort -n
seq 1 1000 | xargs -n 100 echo | awk '{ print NF }'
seq 1 8 | xargs -P4 -I{} sh -c 'echo {} > part.{}'
cat part.* | sort -n | tr '\n' ' '
echo
printf 'a b\nc d\n' | xargs -d '\n' -n1 echo
find /usr/include -maxdepth 1 -name 's*.h' -print0 | xargs -0 -P4 -n5 wc -l | awk '$2 != "total"' | sort
echo missing | xargs ls 2>/dev/null
echo "status $?"
seq 3 | xargs -n1 sh -c 'exit 255' 2>/dev/null
echo "status $?"
timeout 0.2 sleep 5
echo "timeout $?"
env -i A=1 env
nice -n 5 nice
nohup echo hup 2>/dev/null
