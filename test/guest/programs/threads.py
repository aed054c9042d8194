"""Threads, queues, locks, events and a pool."""
import concurrent.futures
import queue
import threading
import time

counter = 0
lock = threading.Lock()


def add():
    global counter
    for _ in range(10000):
        with lock:
            counter += 1


threads = [threading.Thread(target=add) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("counter", counter)

jobs: queue.Queue = queue.Queue(maxsize=5)
results = []


def consume():
    while (item := jobs.get()) is not None:
        results.append(item * item)


consumer = threading.Thread(target=consume)
consumer.start()
for number in range(100):
    jobs.put(number)
jobs.put(None)
consumer.join()
print("sum", sum(results))

with concurrent.futures.ThreadPoolExecutor(16) as pool:
    print("pool", sum(pool.map(lambda x: x * 2, range(1000))))

event = threading.Event()
threading.Timer(0.05, event.set).start()
print("event", event.wait(5))
print("timeout", event.__class__().wait(0.05))
start = time.monotonic()
time.sleep(0.1)
print("slept", 0.09 < time.monotonic() - start < 5)
local = threading.local()
local.value = 1
print("local", local.value, threading.active_count())
