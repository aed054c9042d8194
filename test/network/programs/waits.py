"""waits.py SECONDS: the longest that a small call takes, beside others that work: prints whether that stayed below a second."""

import socket
import sys
import time

end = time.monotonic() + float(sys.argv[1])
longest = 0
while time.monotonic() < end:
    begin = time.monotonic()
    socket.socket().close()
    longest = max(longest, time.monotonic() - begin)
    time.sleep(0.005)
print(longest < 1 or longest)
