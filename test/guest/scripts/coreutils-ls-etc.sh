# shells: bash
# timeout: 120
ls -laR --time-style=long-iso /etc
ls -1 /usr/bin | wc -l
ls -ld / /tmp /usr /etc/passwd | awk '{print $1, $3, $4, $NF}'
stat -c '%n %F %a %s %u %g %h %t %T' /etc/passwd /dev/null /usr/bin/env
