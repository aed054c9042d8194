/**
 * The C library's resolver and others with a DNS server in the sandbox, in every mode of the network. /etc/resolv.conf is the
 * sandbox's own, so there is nothing to compare with natively; tvisor runs in a network with only a loopback device.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireLan } from '../network/lan.js';
import { runSandbox } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

const script = `
cd "$(mktemp -d)"
cat >dnsmasq.conf <<'END'
no-resolv
no-hosts
pid-file
user=root
listen-address=127.0.0.1
bind-interfaces
address=/a.test/10.1.2.3
address=/a.test/fd00::5
cname=c.test,a.test
END
dnsmasq -C dnsmasq.conf
echo nameserver 127.0.0.1 >/etc/resolv.conf
for i in $(seq 100); do getent hosts a.test >/dev/null && break; sleep 0.05; done
getent hosts a.test
getent ahosts a.test | sort
dig +short c.test
dig +short +tcp AAAA a.test
perl -e 'print join(".", unpack("C4", gethostbyname("a.test"))), "\n"'
busybox nslookup a.test | tail -n 2
getent hosts none.example
echo $?
`;

const expected = `\
fd00::5         a.test
10.1.2.3        DGRAM
10.1.2.3        RAW
10.1.2.3        STREAM
fd00::5         DGRAM
fd00::5         RAW
fd00::5         STREAM a.test
a.test.
fd00::5
10.1.2.3
Address: fd00::5

2
`;

describe('the resolver, with a DNS server in the sandbox', () => {
  for (const mode of ['none', 'filtered', 'host']) {
    test(`--network=${mode}`, async (t) => {
      if (!requireTool(t, 'dnsmasq', 'dig', 'busybox', 'perl') || !requireTvisor(t) || !requireLan(t)) return;
      const result = await runSandbox(['bash', '-c', script], {
        ownNetwork: true,
        flags: ['--network', mode],
      });
      assert.equal(result.stderr, '');
      assert.equal(result.stdout.replaceAll(/ +$/gm, ''), expected);
    });
  }
});
