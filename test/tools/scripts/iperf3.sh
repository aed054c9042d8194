# needs: iperf3 python3
# timeout: 90
. "$LIB"
server iperf3 -s -p 5201 >/dev/null 2>server.err; tcp 5201

# Everything that is asked for arrives; datagrams may be lost, but not most of them.
measure() {
  step "$*"
  timeout 20 iperf3 -c 127.0.0.1 -p 5201 -J "$@" >result.json
  echo "status $?"
  python3 - <<'END'
import json
result = json.load(open('result.json'))
end = result['end']
print(result.get('error'), len(end['streams']))
for name in sorted(end):
    if name.startswith('sum'):
        print(name, end[name]['bytes'] > 100000, end[name].get('lost_percent', 0) < 50)
END
}

measure -n 50M
measure -n 50M -R
measure -n 40M -P 4
measure -t 1 --bidir
measure -n 20M -N -M 1000 -w 200K -C reno
measure -n 20M -Z
measure -n 20M --get-server-output -S 16 --cport 45000
measure -t 1 -u -b 40M
measure -t 1 -u -b 40M -R -l 1000 --udp-counters-64bit
measure -t 1 -u -b 10M -P 3 --dont-fragment
step IPv6
timeout 20 iperf3 -6 -c ::1 -p 5201 -n 20M -J | grep -c '"error"'
timeout 20 iperf3 -6 -c ::1 -p 5201 -u -t 1 -b 20M -J | grep -c '"error"'
stop $server
cat server.err
