#!/usr/bin/env bash
# with-postgres.sh CMD…: runs CMD with a PostgreSQL server of its own, whose address is in
# YISHEN_TEST_POSTGRES. The server's files are made in a temporary directory, and server and
# directory are gone when CMD ends, however it ends. A server named beforehand is used as it is.
set -euo pipefail

if [ $# -eq 0 ]; then
  echo "usage: $0 CMD…" >&2
  exit 2
fi
if [ -n "${YISHEN_TEST_POSTGRES:-}" ]; then
  exec "$@"
fi

# The newest installed version; Debian keeps the programs out of PATH.
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
  initdb=$(command -v initdb || true)
  if [ -z "$initdb" ]; then
    echo "$0: no PostgreSQL server is installed; 'make packages' installs one" >&2
    exit 1
  fi
  bin=$(dirname "$initdb")
fi

# A short path: a socket's may not exceed 107 bytes.
home=$(mktemp -d /tmp/yishen-pg.XXXXXX)
as_server=()
if [ "$(id -u)" = 0 ]; then
  # PostgreSQL refuses to run as root.
  chown postgres "$home"
  as_server=(setpriv --reuid postgres --regid postgres --init-groups)
fi

run() { (cd "$home" && "${as_server[@]}" "$bin/$1" "${@:2}"); }

child=
finish() {
  local code=$?
  trap - EXIT INT TERM
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  run pg_ctl --pgdata "$home/data" --mode immediate --silent stop >/dev/null 2>&1 || true
  rm -rf "$home"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

run initdb --pgdata "$home/data" --username postgres --auth trust --encoding UTF8 \
  --locale C.UTF-8 >"$home/initdb.log" 2>&1 || { cat "$home/initdb.log" >&2; exit 1; }
cat >>"$home/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$home'
max_connections = 300
fsync = on
synchronous_commit = on
logging_collector = off
CONF
run pg_ctl --pgdata "$home/data" --log "$home/server.log" --wait --timeout 60 --silent start \
  || { cat "$home/server.log" >&2; exit 1; }

export YISHEN_TEST_POSTGRES="postgres://postgres@/postgres?host=$home"
# How a test that started this script for itself stops and starts the server.
export YISHEN_TEST_POSTGRES_CONTROL="${as_server[*]} $bin/pg_ctl --pgdata $home/data \
  --log $home/server.log --wait --timeout 60 --silent"
# In the background, so that a signal to this script is acted upon at once.
"$@" <&0 &
child=$!
code=0
wait "$child" || code=$?
child=
exit "$code"
