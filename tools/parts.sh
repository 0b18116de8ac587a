#!/bin/sh
# Installs the parts outside the project that the tests need: PostgreSQL 15 or
# later with PostGIS, GDAL, Chromium and a Chinese font. On Debian they come from its packages;
# elsewhere, or without the right to install, this says plainly what is missing
# and which tests it concerns.
missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || [ -n "$PINGZHANG_TEST_PG" ] || missing="$missing postgresql"
[ -n "$PINGZHANG_TEST_PG" ] || ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || missing="$missing postgis"
command -v ogr2ogr >/dev/null 2>&1 || missing="$missing gdal-bin"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
fc-list ':lang=zh' 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
[ -z "$missing" ] && exit 0

if command -v apt-get >/dev/null 2>&1; then
  root=""
  [ "$(id -u)" = 0 ] || root="sudo -n"
  echo "installing for the tests:$missing"
  # A cluster of Debian's own would only be in the way: the tests start theirs.
  # PostGIS is packaged by the version of PostgreSQL: that which is there, or
  # that which is about to be.
  case "$missing" in *postgis*)
    version=$(ls -d /usr/lib/postgresql/*/ 2>/dev/null | sed 's/[^0-9]//g' | sort -n | tail -1)
    package="postgresql-$version-postgis-3"
    [ -n "$version" ] || package="postgresql-postgis"
    missing=$(echo "$missing" | sed "s/ postgis/ $package/") ;;
  esac
  if $root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing fontconfig >/dev/null; then
    exit 0
  fi
fi
echo "These parts could not be installed:$missing"
echo "  postgresql      the stores are tested on PostgreSQL too (or set PINGZHANG_TEST_PG to a server)"
echo "  postgis         areas, distances and repairs of spatial/ are compared with it"
echo "  gdal-bin        what ogr2ogr writes is read, and tiles are read by it"
echo "  chromium        the browser tests and pictures"
echo "  fonts-noto-cjk  Chinese in the pictures"
[ "$CI" = true ] && exit 1
echo "The tests that need them will be skipped."
