"""fetch.py URL...: prints status, length and digest of each."""

import hashlib
import sys
import urllib.request

for url in sys.argv[1:]:
    with urllib.request.urlopen(url, timeout=20) as answer:
        body = answer.read()
        print(answer.status, len(body), hashlib.sha256(body).hexdigest())
