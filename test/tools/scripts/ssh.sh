# needs: ssh sshd ssh-keygen ssh-agent scp sftp socat nc rsync
# timeout: 120
. "$LIB"
D=$PWD
mkdir -m 700 .ssh
ssh-keygen -q -t ed25519 -N '' -f .ssh/id
ssh-keygen -q -t ed25519 -N '' -f host
ssh-keygen -q -t ecdsa -N '' -f host2
[ "$(id -u)" = 0 ] && mkdir -p /run/sshd
cat >sshd_config <<END
Port 2222
ListenAddress 127.0.0.1
ListenAddress ::1
HostKey $D/host
HostKey $D/host2
AuthorizedKeysFile $D/.ssh/id.pub
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
Subsystem sftp internal-sftp
PrintMotd no
PrintLastLog no
LogLevel VERBOSE
END
cat >config <<END
Host *
 Port 2222
 IdentityFile $D/.ssh/id
 UserKnownHostsFile $D/.ssh/known
 StrictHostKeyChecking accept-new
 LogLevel ERROR
 BatchMode yes
END
server "$(command -v sshd)" -D -e -f sshd_config 2>sshd.log
daemon=$server
ready listening sshd.log
S="ssh -F config"

step commands
$S 127.0.0.1 'echo hello; echo error >&2; exit 7'
echo $?
$S ::1 'echo $SSH_CONNECTION' | cut -d' ' -f1,3,4
seq 100000 | $S localhost 'sha256sum'
$S -o HostKeyAlgorithms=ecdsa-sha2-nistp256 -o UserKnownHostsFile=/dev/null localhost echo ecdsa
$S localhost 'kill -TERM $$'
echo $?

step a terminal
printf 'stty size; tty | cut -c1-8; exit 3\r' | $S -tt localhost 'read x; eval "$x"; exit 4' | tr -d '\r' | tail -n 2

step ciphers and compression
$S -C localhost 'head -c 3000000 /dev/zero' | sha256sum
$S -c aes128-ctr -o MACs=hmac-sha2-256 localhost 'head -c 5000000 /dev/zero' | sha256sum
$S -c chacha20-poly1305@openssh.com localhost 'head -c 5000000 /dev/zero' | sha256sum

step files
head -c 1000000 /dev/urandom >f
scp -q -F config f localhost:$D/g
cmp f g
scp -q -O -F config localhost:$D/f h
cmp f h
mkdir directory
cp f directory/a
scp -q -r -F config directory localhost:$D/copy
diff -r directory copy
printf "cd $D\nput f s1\nget s1 s2\nmkdir sd\nrm s1\nrename s2 s3\nsymlink s3 s4\nchmod 600 s3\n" | sftp -q -F config -b - localhost
cmp f s3
stat -c '%a %F' s3 s4 sd
rsync -a -e "ssh -F $D/config" directory/ localhost:$D/synced/
diff -r directory synced
echo x >>directory/a
rsync -a --stats -e "ssh -F $D/config" directory/ localhost:$D/synced/ | grep 'files transferred'

step forwarding
server socat TCP4-LISTEN:3002,fork,reuseaddr 'SYSTEM:read x; echo forwarded $x'; tcp 3002
$S -f -N -M -S $D/control -L 127.0.0.1:3001:127.0.0.1:3002 -L $D/socket:127.0.0.1:3002 -R 3003:127.0.0.1:3002 -D 3004 localhost
tcp 3003
echo L | socat -t5 - TCP4:127.0.0.1:3001
echo unix | socat -t5 - UNIX:socket
echo R | socat -t5 - TCP4:127.0.0.1:3003
echo D | socat -t5 - SOCKS4:127.0.0.1:127.0.0.1:3002,socksport=3004
echo D5 | nc -X 5 -x 127.0.0.1:3004 -w 5 127.0.0.1 3002
$S -S control -O forward -L 3005:127.0.0.1:3002 localhost
echo later | socat -t5 - TCP4:127.0.0.1:3005
$S -W 127.0.0.1:2222 localhost </dev/null | head -c 7
echo
$S -J localhost localhost echo jumped
stop $server

step one connection for many
$S -S control localhost echo multiplexed
for i in 1 2 3 4 5; do $S -S control localhost echo m$i & done | sort
$S -S control -O exit localhost 2>&1 | tr -d '\r'

step agent
eval "$(ssh-agent -s)" >/dev/null
ssh-add -q .ssh/id
ssh-add -l | cut -d' ' -f4
$S -A localhost "ssh-add -l | cut -d' ' -f4; ssh -F $D/config -o IdentityFile=none localhost echo by agent"
ssh-agent -k >/dev/null

step refused
echo "AuthorizedKeysFile none" >refuse
ssh -F config -o IdentityFile=none -o IdentityAgent=none -o PubkeyAuthentication=no localhost true 2>&1 | cut -d: -f2
ssh-keyscan -p 2222 -t ed25519,ecdsa 127.0.0.1 2>/dev/null | cut -d' ' -f2 | sort
for i in 1 2 3 4 5 6; do $S localhost "echo p$i" & done | sort | tr '\n' ' '
echo

step what the server says
stop $daemon
grep -c 'Accepted publickey' sshd.log
grep -e fatal -e sys_get_rdomain sshd.log
true
