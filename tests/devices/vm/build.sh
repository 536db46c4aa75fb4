#!/usr/bin/env bash
# Builds what vm-run boots: a Debian kernel, v4l2loopback and snd-aloop modules, and a small
# initramfs. Everything lands in $OSA_VM_CACHE (default ~/.cache/osa-vm); nothing but host
# tools is installed on this machine. Safe to run again: it does nothing when up to date.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

cache=${OSA_VM_CACHE:-$HOME/.cache/osa-vm}
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
die() { echo "build.sh: $*" >&2; exit 1; }
say() { echo "build.sh: $*" >&2; }

[ "$(uname -m)" = x86_64 ] || die "only x86_64 is supported"
command -v apt-get >/dev/null || die "needs Debian's apt-get"

# The cache is up to date when these very scripts made it.
stamp=$(cat "${BASH_SOURCE[0]}" "$here/guest-init" | sha256sum | cut -d' ' -f1)

# 1. Host tools, installed only where missing (needs root then).
missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need qemu-system-x86_64 qemu-system-x86
need cpio cpio
need depmod kmod
need make make
need gcc-12 gcc-12
if ((${#missing[@]})); then
  say "installing: ${missing[*]}"
  [ "$(id -u)" = 0 ] || die "not root; please install: ${missing[*]}"
  apt-get -qq update
  apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/dev/null
fi

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 || die "cannot lock $cache"
if [ "$(cat "$cache/stamp" 2>/dev/null)" = "$stamp" ]; then say "up to date: $cache"; exit 0; fi
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/debs" "$work/system" "$work/initramfs"

# 2. Packages: downloaded and unpacked here, not installed.
[ "$(id -u)" != 0 ] || apt-get -qq update
kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: linux-image-\([0-9].*\)$/\1/p' | head -1)
[ -n "$kernel" ] || die "cannot tell the kernel version from linux-image-amd64"
series=${kernel%.*}                       # 6.1.0-56-amd64 -> 6.1
say "kernel $kernel"
(cd "$work/debs" && apt-get -qq download "linux-image-$kernel" "linux-headers-$kernel" \
    "linux-headers-${kernel%-amd64}-common" "linux-kbuild-$series" \
    v4l2loopback-dkms busybox-static 2>"$work/download.log") ||
  die "download failed: $(tail -3 "$work/download.log")"
for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/system"; done

# 3. v4l2loopback.ko, against the unpacked headers.
headers=$work/system/usr/src/linux-headers-$kernel
source=$(echo "$work"/system/usr/src/v4l2loopback-*)
sed -i "s#^include /usr/src/#include $work/system/usr/src/#" "$headers/Makefile"
make -s -C "$headers" M="$source" modules >"$work/make.log" 2>&1 ||
  die "v4l2loopback did not build: $(tail -5 "$work/make.log")"
modules=$work/system/lib/modules/$kernel
mkdir -p "$modules/extra"
cp "$source/v4l2loopback.ko" "$modules/extra/"
depmod -b "$work/system" "$kernel"

# 4. Initramfs: busybox, the modules in load order, guest-init.
initramfs=$work/initramfs
mkdir -p "$initramfs"/{bin,lib,proc,sys,dev,lower,rw,new,ctl}
cp "$work/system/bin/busybox" "$initramfs/bin/"
install -m 755 "$here/guest-init" "$initramfs/init"
for module in virtio_pci virtio_mmio virtio_console virtio-rng 9p 9pnet_virtio overlay \
              v4l2loopback snd-aloop snd-seq; do
  modprobe -d "$work/system" -S "$kernel" --show-depends "$module" || die "no module $module"
done | awk '$1 == "insmod" && !seen[$2]++ {print $2}' >"$work/list"
while read -r ko; do
  cp "$ko" "$initramfs/lib/"
  basename "$ko"
done <"$work/list" >"$initramfs/lib/order"
(cd "$initramfs" && find . | cpio --quiet -o -H newc | gzip -1) >"$work/initramfs.gz"

# 5. The bare kernel image: boots without decompressing itself, which is slow when emulated.
python3 - "$work/system/boot/vmlinuz-$kernel" "$work/vmlinux" <<'PY'
import lzma, struct, sys
image = open(sys.argv[1], "rb").read()
offset, length = struct.unpack_from("<II", image, 0x248)      # setup header: payload
start = ((image[0x1F1] or 4) + 1) * 512 + offset
elf = lzma.LZMADecompressor().decompress(image[start:start + length])
assert elf[:4] == b"\x7fELF", "unexpected kernel payload"
open(sys.argv[2], "wb").write(elf)
PY

mv "$work/vmlinux" "$work/initramfs.gz" "$cache/"
echo "$kernel" >"$cache/version"
echo "$stamp" >"$cache/stamp"
say "ready: $cache ($(du -sh "$cache" --exclude='build.*' | cut -f1))"
