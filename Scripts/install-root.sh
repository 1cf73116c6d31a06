#!/usr/bin/env bash
# Shows that an installation runs where no Swift toolchain is: installs to a prefix, carries it into a minimal Debian
# root with the run-time packages that it needs and nothing else, and does the main job there as an ordinary user.
# usage: Scripts/install-root.sh [ROOT] [PREFIX]     needs root and debootstrap; reuses what `make build` left
set -euo pipefail
root=${1:-/tmp/mneme-install-root}
prefix=${2:-/opt/mneme}
here=$(cd "$(dirname "$0")/.." && pwd)
mirror=$(apt-cache policy libsqlite3-dev | grep -m1 -oE 'https?://[^ ]+')
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
TIMEFORMAT='   (%R s)'

say() { printf '\n== %s\n' "$*"; }

say "make install DESTDIR=… PREFIX=$prefix"
time make -s -C "$here" install DESTDIR="$stage" PREFIX="$prefix"
packages=$(PREFIX=$prefix DESTDIR=$stage "$here/Scripts/install.sh" packages | tr '\n' ' ')

if [[ ! -e $root/usr/bin/apt-get || ! -e $root/etc/debian_version ]]; then
    say "debootstrap $root"
    time debootstrap --variant=minbase bookworm "$root" "$mirror" >/dev/null
fi
rm -f "$root/etc/apt/sources.list"
cp -r /etc/apt/. "$root/etc/apt/"
mkdir -p "$root/etc/ssl/certs"
cp -rLn /etc/ssl/certs/. "$root/etc/ssl/certs/" 2>/dev/null || true # a second run finds its own links
cp /etc/resolv.conf /etc/hosts "$root/etc/"

# The installation, Markdown to import, and the plugin as the linker left it (its run path names the toolchain).
rm -rf "${root:?}$prefix" "$root/srv/notes" "$root/srv/linked"
mkdir -p "$root$(dirname "$prefix")" "$root/srv/notes" "$root/srv/linked"
cp -a "$stage$prefix" "$root$prefix"
cp "$here"/docs/*.md "$here"/*.md "$root/srv/notes/"
cp "$here"/.build/release/libHeuristicScorer.so "$root/srv/linked/"
cp "$here/Scripts/install-root-job.sh" "$root/srv/job.sh"

unshare --mount --fork bash -euo pipefail -c "
    mount -t proc proc '$root/proc'
    mount --rbind /dev '$root/dev'
    chroot '$root' env -i HOME=/root LANG=C.UTF-8 TERM=dumb PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        $(env | grep -iE '^(https?_proxy|no_proxy|SSL_CERT_FILE)=' | tr '\n' ' ') \
        PREFIX='$prefix' PACKAGES='$packages' bash /srv/job.sh
"

say "make uninstall DESTDIR=… PREFIX=$prefix"
make -s -C "$here" uninstall DESTDIR="$stage" PREFIX="$prefix"
echo "left over: $(find "$stage" -not -type d | wc -l) files"
