"""subprocess, multiprocessing, signals and os.fork."""
import multiprocessing
import os
import signal
import subprocess
import sys


def square(x):
    return x * x


def main():
    print(subprocess.run(["echo", "hello"], capture_output=True, text=True, check=True).stdout, end="")
    print(subprocess.run(["sh", "-c", "cat; exit 5"], input=b"in", capture_output=True))
    print(subprocess.run("exit 3", shell=True).returncode)
    print(subprocess.run(["sh", "-c", "kill -9 $$"]).returncode)
    pipe = subprocess.Popen(["sort"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    print(pipe.communicate("b\na\n"))
    try:
        subprocess.run(["sleep", "10"], timeout=0.1)
    except subprocess.TimeoutExpired as error:
        print("timed out", error.cmd)
    try:
        subprocess.run(["/does/not/exist"])
    except FileNotFoundError as error:
        print(error)
    first = subprocess.Popen(["seq", "1000"], stdout=subprocess.PIPE)
    second = subprocess.Popen(["wc", "-l"], stdin=first.stdout, stdout=subprocess.PIPE)
    first.stdout.close()
    print(second.communicate()[0].strip(), first.wait())
    sys.stdout.flush()
    with multiprocessing.Pool(3) as pool:
        print(pool.map(square, range(10)))
    parent, child = multiprocessing.Pipe()
    process = multiprocessing.Process(target=lambda end: end.send({"k": [1, 2]}), args=(child,))
    process.start()
    print(parent.recv())
    process.join()
    print("exit code", process.exitcode)
    value = multiprocessing.Value("i", 0)

    def increment():
        for _ in range(1000):
            with value.get_lock():
                value.value += 1

    workers = [multiprocessing.Process(target=increment) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("shared", value.value)
    seen = []
    signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    signal.signal(signal.SIGALRM, lambda number, frame: seen.append(number))
    signal.pause()
    print("signals", [int(number) for number in seen])
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os._exit(7)
    print("forked", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
