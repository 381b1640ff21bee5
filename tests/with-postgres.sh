#!/bin/sh
# Runs a command with a Postgres of its own (TEST_POSTGRES_URL), which is stopped and removed afterwards. The script
# TEST_POSTGRES_RESTART names restarts it without a word to who uses it.
set -eu
if [ -n "${TEST_POSTGRES_URL:-}" ]; then
  exec "$@"
fi
bin=$(dirname "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb | tail -n 1)")
dir=$(mktemp -d)
# Below the ports that connections are made from: while Postgres is restarted, who tries to reach it would be given its port
# now and then, and keep it.
port=$(python3 -c '
import random, socket
while True:
    port = random.randrange(15000, 32000)
    try:
        socket.socket().bind(("127.0.0.1", port))
        break
    except OSError:
        pass
print(port)' 2>/dev/null || node -e '
const net = require("net");
const find = () => {
  const port = 15000 + Math.floor(Math.random() * 17000);
  const server = net.createServer().once("error", find);
  server.listen(port, "127.0.0.1", () => { console.log(port); server.close(); });
};
find();')
# Postgres refuses to run as root.
if [ "$(id -u)" = 0 ]; then
  user=postgres
  id "$user" >/dev/null 2>&1 || user=nobody
  chown "$user" "$dir"
  as="setpriv --reuid $user --regid $(id -g "$user") --clear-groups"
else
  as=""
fi
stop() {
  $as "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap stop EXIT INT TERM
cd_dir=$(pwd)
cd "$dir"
$as "$bin/initdb" -D "$dir/data" -U comptoir -A trust -E UTF8 --no-locale >/dev/null
$as "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" -o "-p $port -h 127.0.0.1 -k '' -c max_connections=200" start >/dev/null
cd "$cd_dir"
# Before it answers it writes its whole folder to the disk: beside a compiler that has taken longer than the minute it is given.
cat >"$dir/restart" <<END
set -eu
cd "$dir"
$as "$bin/pg_ctl" -D "$dir/data" -m immediate -w -t 300 -l "$dir/log" restart >/dev/null || { tail -n 20 "$dir/log" >&2; exit 1; }
END
export TEST_POSTGRES_RESTART="$dir/restart"
TEST_POSTGRES_URL="postgres://comptoir@127.0.0.1:$port/postgres" "$@"
