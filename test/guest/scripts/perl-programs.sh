# shells: bash
# needs: perl
# timeout: 120
perl -e 'print join(",", map { $_ ** 2 } 1..5), "\n"'
perl -ne 'print if /root/' /etc/passwd
perl -e '
use strict; use warnings; use File::Temp qw(tempfile tempdir); use POSIX qw(:sys_wait_h);
my ($fh, $name) = tempfile(UNLINK => 1); print $fh "line $_\n" for 1..1000; close $fh;
open(my $in, "<", $name) or die; my @lines = <$in>; print scalar(@lines), "\n";
my @pids; for my $i (1..5) { my $pid = fork(); if (!$pid) { exit $i } push @pids, $pid }
my $sum = 0; for (@pids) { waitpid($_, 0); $sum += $? >> 8 } print "$sum\n";
pipe(my $r, my $w); if (!fork()) { close $r; print $w "through a pipe\n"; exit 0 } close $w; print scalar <$r>; wait;
local $SIG{ALRM} = sub { print "alarm\n" }; alarm 1; select(undef, undef, undef, 3);
my $out = `echo backticks; exit 3`; print $out, $? >> 8, "\n";
opendir(my $d, "/usr/include/linux"); my @n = grep { /^s/ } readdir $d; print scalar(@n), "\n";
print "$0 ", -d "/tmp" ? "dir" : "no", "\n"; printf "%o\n", (stat "/etc/passwd")[2];
'
perl -pi -e 's/a/b/' /dev/null
echo aaa > f && perl -pi -e 's/a/b/g' f && cat f
perl -e 'kill "KILL", $$'
echo "status $?"
