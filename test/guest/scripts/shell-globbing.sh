# shells: bash busybox
# Globbing over /usr/bin and odd names.
set -- /usr/bin/*
echo "$#"
for f in /usr/bin/z*; do echo "$f"; done
echo /usr/bin/[a-c]*z*
echo /usr/bin/???
echo /etc/*.conf
touch 'a b' 'c*d' .hidden '-dash' "quote'd"
for f in *; do echo "<$f>"; done
echo .h*
rm -- 'a b' 'c*d' -dash "quote'd"
echo *
mkdir -p x/y/z
touch x/y/z/file x/y/file
echo x/*/file x/*/*/file
echo no/match/*
