# Threads that make files of the directory argv[1] durable, under a storm of signals; then a process that is killed while it does.
import ctypes, os, signal, sys, threading, time
ticks = [0]


def tick(*_):
    ticks[0] += 1


signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)


def write(n):
    fd = os.open('%s/f%d' % (sys.argv[1], n), os.O_CREAT | os.O_RDWR)
    for i in range(30):
        os.pwrite(fd, b'%d ' % i, 3 * i)
        (os.fsync if i % 2 else os.fdatasync)(fd)
    os.close(fd)


threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
for t in threads:
    t.start()
write(8)
for t in threads:
    t.join()
signal.setitimer(signal.ITIMER_REAL, 0)

sync_file_range = ctypes.CDLL(None).sync_file_range
sync_file_range.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]
fd = os.open(sys.argv[1] + '/f0', os.O_RDWR)
print(*[sync_file_range(fd, 0, 10, flags) for flags in range(8)], sync_file_range(fd, 0, 10, 8))
directory = os.open(sys.argv[1], os.O_RDONLY)
os.fsync(directory)
os.fdatasync(directory)
pid = os.fork()
if pid == 0:
    while True:
        write(9)
time.sleep(0.05)
os.kill(pid, signal.SIGKILL)
print(os.waitpid(pid, 0)[1], ticks[0] > 0, 'done')
