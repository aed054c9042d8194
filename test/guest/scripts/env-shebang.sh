# shells: bash
# needs: python3 perl
# timeout: 60
cat > script.py <<'END'
#!/usr/bin/env python3
import sys
print("python", sys.argv[1:])
END
cat > script.pl <<'END'
#!/usr/bin/env -S perl -w
print "perl @ARGV\n";
END
printf '#!/bin/sh\necho "shell $0 $*"\n' > script.sh
printf '#!/usr/bin/awk -f\nBEGIN { print "awk" }\n' > script.awk
printf '#!./script.sh argument\n' > nested
printf 'echo no shebang $1\n' > none
chmod +x script.* nested none
./script.py a 'b c'
./script.pl x
./script.sh y
./script.awk
./nested z
./none w
PATH=$PWD:$PATH script.sh by path
chmod -x script.sh
./script.sh 2>/dev/null
echo "status $?"
sh script.sh direct
