# needs: rsync git php ruby perl busybox
# timeout: 90
. "$LIB"

step rsync
mkdir source
echo a >source/a
head -c 300000 /dev/urandom >source/b
printf "use chroot=no\nlog file=$PWD/rsync.log\n[m]\npath=$PWD/source\nread only=no\n" >rsync.conf
[ "$(id -u)" = 0 ] && printf 'uid=root\ngid=root\nuse chroot=yes\n' | cat - rsync.conf | sed '4d' >rsync2.conf && mv rsync2.conf rsync.conf
server rsync --daemon --no-detach --address=127.0.0.1 --port 7030 --config rsync.conf; tcp 7030
rsync rsync://127.0.0.1:7030/ | cut -c1
rsync -a rsync://127.0.0.1:7030/m/ copy/
diff -r source copy
echo c >copy/c
rsync -a copy/ rsync://localhost:7030/m/
rsync -az --checksum --delete rsync://127.0.0.1:7030/m/ third/
ls third
stop $server

step git
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_CONFIG_NOSYSTEM=1
git init -q -b main bare.git
(cd bare.git && for i in 1 2 3; do echo $i >f$i && git add . && git commit -q -m $i; done)
server git daemon --reuseaddr --listen=127.0.0.1 --base-path=$PWD --export-all --enable=receive-pack --port=7040 2>git.log; tcp 7040
git clone -q git://127.0.0.1:7040/bare.git clone
git -C clone log --format=%s
(cd clone && git checkout -q -b branch && echo x >x && git add . && git commit -q -m x && git push -q origin branch)
git -C bare.git branch
stop $server

step php
mkdir php
echo '<?php echo $_SERVER["REQUEST_METHOD"], " ", strlen(file_get_contents("php://input")), "\n";' >php/index.php
server php -S 127.0.0.1:7060 -t php >/dev/null 2>&1; tcp 7060
exec 5<>/dev/tcp/127.0.0.1/7060
printf 'POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n12345' >&5
tail -n 1 <&5
exec 5>&-
stop $server
php -r '$s = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); fwrite($s[0], "pair\n"); echo fgets($s[1]);'

step ruby
ruby -rsocket -e '
server = TCPServer.new("127.0.0.1", 0)
thread = Thread.new { c = server.accept; c.puts c.gets.upcase; c.close }
c = TCPSocket.new("localhost", server.addr[1]); c.puts "ruby"; puts c.read; thread.join
unix = UNIXServer.new("ruby.sock")
fork { UNIXSocket.new("ruby.sock").send_io(File.open("/etc/passwd")); exit! }
puts unix.accept.recv_io.readline; Process.wait
p Socket.ip_address_list.map(&:ip_address)
a, b = UDPSocket.new, UDPSocket.new; a.bind("127.0.0.1", 0); b.send("datagram", 0, "127.0.0.1", a.addr[1])
p a.recvfrom(10)[0], IO.select([a], nil, nil, 0.01)
p Process.clock_gettime(Process::CLOCK_MONOTONIC) > 0, Etc rescue p :etc'

step perl
perl -MIO::Socket::INET -MIO::Select -MSocket=:all -e '
my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", ReuseAddr => 1);
if (!fork) { my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1:" . $s->sockport); print $c "perl\n"; print <$c>; exit }
my $c = $s->accept; my $l = <$c>; print $c uc $l; close $c; wait;
print $s->sockopt(SO_REUSEADDR), "\n";
my $u = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1");
send($u, "x", 0, pack_sockaddr_in($u->sockport, inet_aton("127.0.0.1"))); recv($u, my $b, 10, 0); print "$b\n";
socketpair(my $x, my $y, AF_UNIX, SOCK_STREAM, PF_UNSPEC); syswrite $x, "pair"; sysread $y, $b, 10; print "$b\n";
print join(",", (gethostbyname("localhost"))[0, 2]), " ", scalar getservbyname("http", "tcp"), "\n";'

step busybox
busybox httpd -f -p 127.0.0.1:7070 -h source &
httpd=$!; tcp 7070
busybox wget -q -O - http://127.0.0.1:7070/a
stop $httpd
busybox nc -l -p 7071 -e cat & tcp 7071
echo nc | busybox nc 127.0.0.1 7071
wait
