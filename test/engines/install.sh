#!/usr/bin/env bash
# install.sh [DIRECTORY]: puts the container engines that the tests of this directory drive below a directory of their own
# (/var/cache/tvisor-engines without it). Packages are unpacked and not installed, so that no service starts, nothing of the
# machine's own is replaced, and removing the directory removes them.
#   podman and conmon are installed like any other program of the tests: they start nothing.
set -euo pipefail
directory=${1:-${TVISOR_ENGINES:-/var/cache/tvisor-engines}}
packages=(containerd docker.io tini catatonit netavark aardvark-dns buildah)
done=$directory/.complete

if [ "$(cat "$done" 2>/dev/null)" = "${packages[*]}" ]; then exit 0; fi
rm -rf "$directory"
mkdir -p "$directory/packages"
cd "$directory/packages"
# The lists may be older than the machine, or missing.
apt-get -qq update
# apt's own user may not write here, which it says.
apt-get -qq -o APT::Sandbox::User=root download "${packages[@]}" >/dev/null
for package in *.deb; do dpkg -x "$package" "$directory/root"; done
rm -r "$directory/packages"
# docker run --init looks for its init under this name, which some versions of the package bring along.
ln -sf tini-static "$directory/root/usr/bin/docker-init"
echo "${packages[*]}" >"$done"
