#!/bin/sh
# What the report and its tests use of the operating system: a text layout for the print, a font that has Chinese,
# a browser. Installs what is missing where that is possible; else says what to install, and goes on.
set -eu

missing=""
ldconfig -p 2>/dev/null | grep -q 'libpangoft2-1\.0' || missing="$missing libpangoft2-1.0-0"
fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
for browser in chromium chromium-browser google-chrome; do
    command -v "$browser" >/dev/null 2>&1 && break
    browser=""
done
[ -n "$browser" ] || missing="$missing chromium"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$missing ..." >&2
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # a list of names
    if apt-get update --quiet=2 >/dev/null && apt-get install --quiet=2 --no-install-recommends $missing >/dev/null; then
        exit 0
    fi
fi
echo "not installed:$missing (names of Debian and Ubuntu); tests that need them are skipped" >&2
