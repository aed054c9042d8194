# shells: bash
# timeout: 120
find /usr/include -name '*.h' | wc -l
find /usr/include -type d | sort | sha256sum
find /usr/share -type l | sort | head -n 20
find /etc -maxdepth 1 -name 'p*' -type f -printf '%p %m %s\n' | sort
find /usr/lib -name '*.so*' -newer /etc/passwd -prune -o -name 'libc.so*' -print | sort
find /usr/bin -perm -4000 | sort
find /proc/self/ -maxdepth 1 -name 'cmdline'
