# needs: tmux screen gpg inotifywait parallel pv script
# timeout: 90
. "$LIB"
chmod 700 .
export SCREENDIR=$PWD/screens GNUPGHOME=$PWD/gpg TMUX_TMPDIR=$PWD
mkdir -m 700 screens gpg

step tmux
tmux -f /dev/null new-session -d -s a -x 80 -y 24 sh
tmux send-keys -t a 'echo $((6*7)) >by.tmux; tty >tty.tmux' Enter
ready / tty.tmux
cat by.tmux
tmux list-sessions | cut -d: -f1
tmux split-window -t a
tmux list-panes -t a | wc -l
tmux resize-window -t a -x 100 -y 30
tmux display -p -t a '#{window_width}x#{window_height}'
tmux set-buffer buffered
tmux show-buffer
echo
tmux kill-server

step screen
screen -dmS s1 sh
for i in $(seq 50); do
  # Until the session is there it says so.
  screen -S s1 -X stuff 'echo scr$((1+1)) >by.screen
' >/dev/null
  grep -q scr2 by.screen 2>/dev/null && break
  sleep 0.1
done
cat by.screen
screen -ls | grep -c s1
screen -S s1 -X quit

step script
script -qec 'tty | cut -c1-8; stty size' /dev/null </dev/null | tr -d '\r'

step gpg-agent
gpg --batch --quiet --passphrase '' --quick-gen-key t@example.org default default never 2>/dev/null
echo secret | gpg --batch --quiet --trust-model always -e -r t@example.org 2>/dev/null | gpg --batch --quiet -d 2>/dev/null
echo signed | gpg --batch --quiet --clearsign 2>/dev/null | gpg --verify 2>&1 | grep -c 'Good signature'
gpg-connect-agent 'getinfo version' /bye | tail -n 1
gpgconf --kill gpg-agent

step inotifywait
mkdir watched
timeout 20 inotifywait -m -r -e create,delete,move,close_write --format '%e %f' watched >events 2>watching &
watcher=$!
ready established watching
echo a >watched/a
mv watched/a watched/b
rm watched/b
mkdir watched/d
ready 'ISDIR d' events
sleep 0.1
echo x >watched/d/x
ready CLOSE_WRITE,CLOSE.x events
stop $watcher
cat events

step parallel and pv
seq 20 | parallel -j 4 'echo p{}' | sort -V | tr '\n' ' '
parallel -k -j 3 echo {1}{2} ::: a b ::: 1 2
seq 5 | parallel -k --pipe -N2 wc -l
head -c 5000000 /dev/zero | pv -q | wc -c
head -c 1000000 /dev/zero | pv -q -L 4m | wc -c

step fifos and the shell
mkfifo f1 f2
tee f1 <<<'one two' >f2 & cat f1 >o1 & cat f2 >o2
wait
cat o1 o2
exec 5<>f1
echo buffered >&5
read -r -t 1 x <&5
echo $x
exec 5>&-
seq 1000 | tee >(sha256sum >m1) >(wc -l >m2) | tail -n 1
ready . m1
ready . m2
cat m1 m2
coproc cat
echo coprocess >&"${COPROC[1]}"
read -r y <&"${COPROC[0]}"
echo $y
timeout 0.3 cat f1
echo $?
