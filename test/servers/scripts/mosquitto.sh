# needs: mosquitto=mosquitto mosquitto_pub=mosquitto-clients
# Mosquitto: messages to several subscribers, kept messages, and the will of a client that is killed.
. "$LIB"
printf 'listener 8130 127.0.0.1\nallow_anonymous true\n' >conf
mosquitto -c conf >log 2>&1 &
server=$!
eventually 'mosquitto answers' log mosquitto_pub -p 8130 -t first -m hello
subscribers=
for i in 1 2 3; do
  mosquitto_sub -p 8130 -q 1 -i "subscriber$i" -t 'news/#' -C 201 >"got$i" 2>&1 &
  subscribers="$subscribers $!"
done
eventually 'three have subscribed' log sh -c '[ $(grep -c "as subscriber" log) = 3 ]'
sleep 0.5
seq 200 | mosquitto_pub -p 8130 -q 1 -t news/numbers -l
mosquitto_sub -p 8130 -i victim -t none --will-topic news/will --will-payload 'the last word' &
victim=$!
eventually 'the victim is connected' log grep -q 'as victim' log
kill -KILL $victim
wait $subscribers
for i in 1 2 3; do same "what subscriber $i got" "$( (seq 200; echo 'the last word') | sha256sum)" "$(sha256sum <"got$i")"; done
mosquitto_pub -p 8130 -r -t kept -m 'still here'
same 'a kept message' 'still here' "$(mosquitto_sub -p 8130 -t kept -C 1 -W 10)"
kill $server
wait $server
same 'mosquitto ends by SIGTERM' 0 $?
