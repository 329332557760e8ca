#!/bin/sh
# Lays out the files of an image: layout.sh EXECUTABLE FOLDER
# Besides the executable that is what it is linked with, a user without rights, and places that this user may write to.
set -eu
program=$1 root=$2

install -D -m 755 "$program" "$root/usr/bin/cbc"
libraries=$(ldd "$program")
case $libraries in *'not found'*) echo "$libraries" >&2; exit 1 ;; esac
for library in $(echo "$libraries" | grep -o '/[^ ]*'); do
  install -D -m 755 "$library" "$root$library"
done
install -d -m 755 "$root/etc"
echo 'cbc:x:65532:65532::/home/cbc:/sbin/nologin' > "$root/etc/passwd"
echo 'cbc:x:65532:' > "$root/etc/group"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
install -d -m 1777 "$root/tmp"
install -d -m 700 -o 65532 -g 65532 "$root/home/cbc"
