#!/usr/bin/env bash
# Runs `make run` and `make test` in a fresh Debian root: debootstrap, with the Swift toolchain and the packages'
# sources bound in read-only, and a clean clone of this repository.
# usage: Scripts/fresh-root.sh [ROOT]     needs root and debootstrap
set -euo pipefail
root=${1:-/tmp/mneme-fresh-root}
here=$(cd "$(dirname "$0")/.." && pwd)
toolchain=$(dirname "$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")")
mirror=$(apt-cache policy libsqlite3-dev | grep -m1 -oE 'https?://[^ ]+')

if [ ! -e "$root/etc/debian_version" ]; then
    debootstrap --variant=minbase bookworm "$root" "$mirror"
fi
# Package access of this machine: apt's settings, certificates, git's view of the package sources.
cp -r /etc/apt/. "$root/etc/apt/"
mkdir -p "$root/etc/ssl/certs" "$root/root" "$root$toolchain" "$root/work"
cp -rLn /etc/ssl/certs/. "$root/etc/ssl/certs/" 2>/dev/null || true   # a second run finds its own links
cp /etc/resolv.conf /etc/hosts "$root/etc/"
[ ! -e /root/.gitconfig ] || cp /root/.gitconfig "$root/root/"
[ ! -e /etc/gitconfig ] || cp /etc/gitconfig "$root/etc/"
rm -rf "$root/work/mneme"
git clone -q "$here" "$root/work/mneme"

# What the toolchain itself needs of Debian (swift.org's list for Debian 12).
needs="binutils ca-certificates git gnupg2 libc6-dev libcurl4-openssl-dev libedit2 libncurses6 libgcc-12-dev libpython3-dev \
libsqlite3-0 libstdc++-12-dev libxml2-dev libz3-dev make pkg-config python3 tzdata unzip zlib1g-dev"

unshare --mount --fork bash -euo pipefail -c "
    mount --bind '$toolchain' '$root$toolchain'
    for d in /opt/swift-packages; do [ ! -d \$d ] || { mkdir -p '$root'\$d; mount --bind \$d '$root'\$d; }; done
    mount -t proc proc '$root/proc'
    mount --rbind /dev '$root/dev'
    chroot '$root' env -i HOME=/root LANG=C.UTF-8 TERM=dumb PATH='$toolchain/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        $(env | grep -iE '^(https?_proxy|no_proxy|SSL_CERT_FILE)=' | tr '\n' ' ') \
        bash -euo pipefail -c '
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $needs >/dev/null
        cd /work/mneme
        time make run
        time make test
    '
"
