# shells: bash
# needs: man groff file gzip
# timeout: 60
# man(1) runs its filters under a filter that libseccomp has made.
export MANWIDTH=70 LC_ALL=C
printf '.TH TEST 1 2020-01-01 test manual\n.SH NAME\ntest \\- nothing\n.SH DESCRIPTION\nSome words, \\fIslanted\\fR.\n' > test.1
gzip -k test.1
man -P cat -l test.1
man -P cat -l test.1.gz | head -n 3
file -b test.1.gz | cut -d, -f1
