# needs: fio
# timeout: 90
. "$LIB"
# job ENGINE ARGUMENTS...: what fio wrote and read, and whether it was what it had written.
job() {
  fio --name=job --filename=file --size=2M --bs=4k --ioengine="$1" "${@:2}" --verify=crc32c --minimal 2>/dev/null |
    awk -F';' '/^3;/ { print "error", $5, "read", $6, "written", $47 }'
  rm -f file
}
step libaio
job libaio --rw=write --iodepth=16
job libaio --rw=randrw --iodepth=32 --numjobs=1
job libaio --rw=randwrite --iodepth=8 --fsync=8
step others
job psync --rw=randwrite
job pvsync --rw=randwrite
job posixaio --rw=randwrite --iodepth=8
step queues
ipcs -l | sed -E 's/ +$//'
