# shells: bash
# timeout: 300
find /usr/bin -maxdepth 1 -type f -print0 | sort -z | xargs -0 sha256sum
