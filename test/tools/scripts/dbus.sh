# needs: dbus-daemon dbus-send dbus-monitor dbus-run-session
# timeout: 60
. "$LIB"
cat >session.conf <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=$PWD/bus</listen><auth>EXTERNAL</auth><servicedir>$PWD/services</servicedir>
<policy context="default"><allow user="*"/><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
END
mkdir services
printf '[D-BUS Service]\nName=org.example.Missing\nExec=/none\n' >services/missing.service
export DBUS_SESSION_BUS_ADDRESS=unix:path=$PWD/bus
ask() { dbus-send "$1" --print-reply --reply-timeout=5000 --dest=org.freedesktop.DBus / org.freedesktop.DBus."$2" "${@:3}" 2>&1 | tail -n +2; }

step a session bus
server dbus-daemon --config-file=session.conf --nofork --nopidfile 2>session.log; exists bus
stat -c %A bus
ask --session ListNames
ask --session GetConnectionUnixUser string:org.freedesktop.DBus
ask --session GetConnectionCredentials string:org.freedesktop.DBus | grep -A 1 -e UnixUserID
ask --session RequestName string:org.example.Name uint32:0
dbus-send --print-reply --dest=org.none / org.none.Call 2>&1
dbus-send --print-reply --dest=org.example.Missing / org.none.Call 2>&1 | cut -d: -f1

step signals
timeout 10 dbus-monitor --session "interface='org.example.I'" >monitor &
monitor=$!
ready 'NameAcquired\|NameLost' monitor
dbus-send --session --type=signal / org.example.I.Signal string:hello array:int32:1,2,3
ready 'int32 3' monitor
stop $monitor
grep -A 6 org.example.I monitor | sed 's/time=.*serial=[0-9]*//'

step many calls at once
for i in $(seq 20); do ask --session GetId | wc -l & done | sort | uniq -c
if [ "$(id -u)" = 0 ]; then
  step another user is who it says it is
  chmod 755 .
  setpriv --reuid=nobody --clear-groups dbus-send --bus=unix:path=$PWD/bus --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetConnectionUnixUser string:org.freedesktop.DBus 2>&1 | tail -n 1
fi
if command -v gdbus >/dev/null; then
  step gdbus
  gdbus call --session -d org.freedesktop.DBus -o / -m org.freedesktop.DBus.NameHasOwner org.freedesktop.DBus
  gdbus introspect --session -d org.freedesktop.DBus -o /org/freedesktop/DBus | head -n 3
fi
stop $server

step abstract names, and a session that ends with its program
server dbus-daemon --session --nofork --nopidfile --address=unix:abstract=tvisor-tools 2>/dev/null; listens @tvisor-tools
DBUS_SESSION_BUS_ADDRESS=unix:abstract=tvisor-tools ask --session ListNames
stop $server
dbus-run-session -- dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.DBus 2>/dev/null | tail -n 1
dbus-run-session -- sh -c 'exit 7' 2>/dev/null
echo $?

step a bus like the system\'s, which gives up its rights
if [ "$(id -u)" = 0 ]; then
  sed "s#unix:path=/run/dbus/system_bus_socket#unix:path=$PWD/system#; s#<pidfile>.*</pidfile>##; s#<fork/>##" /usr/share/dbus-1/system.conf >system.conf
  chmod 777 .
  server dbus-daemon --config-file=system.conf --nofork --nopidfile --nosyslog 2>/dev/null; exists system
  export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$PWD/system
  ask --system ListNames
  ps -o user= -p $server
  ask --system RequestName string:org.example.Name uint32:0 | cut -c1-60
  stop $server
fi
