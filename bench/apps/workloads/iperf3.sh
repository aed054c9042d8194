# needs: iperf3=iperf3
# iperf3 over TCP on loopback: one connection, and four at once.
. "$LIB"
[ "$1" = run ] || exit 0
requires inet
need iperf3
iperf3 -s -B 127.0.0.1 -p 5299 >log 2>&1 &
server=$!
eventually 'iperf3' log iperf3 -c 127.0.0.1 -p 5299 -n 1M
for streams in 1 4; do
  iperf3 -c 127.0.0.1 -p 5299 -P $streams -t 3 -J >out 2>err || wrong "iperf3: $(tail -n 1 err)"
  # end.sum_sent and end.sum_received of the report.
  field() { sed -n "/\"$1\":/,/}/s/.*\"$2\":[^0-9]*\([0-9.e+]*\).*/\1/p" out | tail -n 1; }
  same "$streams: what was sent is received" 1 "$(awk "BEGIN { print $(field sum_received bytes) >= $(field sum_sent bytes) * 0.95 }")"
  echo "result TCP-$streams $(awk "BEGIN { print $(field sum_received bits_per_second) / 8 / 1048576 }") MiB/s"
done
kill $server
wait
