#!/bin/sh
# Makes before-rewinds.tar.gz: ./make_before_rewinds.sh DQN_SERVER, that program as of commit be8ee81,
# the last before the schema "rewinds". A job that has ended, one that ran and one that was paused when
# SIGTERM came, a job that was deleted, an imported checkpoint, and what the API said of the first.
set -eu
server=$1
folder=$(mktemp -d)
data=$folder/before-rewinds
mkdir "$folder/public"
"$server" serve --port 18931 --data "$data" --public "$folder/public" &
process=$!
url=http://127.0.0.1:18931
curl -s --retry 20 --retry-connrefused --retry-delay 1 $url/readyz >"$folder/ready"
post() { curl -s -X POST -H 'Content-Type: application/json' -d "$2" $url/v1/$1; }
id() { sed 's/.*"id":"\([^"]*\)".*/\1/'; }
job() {
    post jobs "{\"environment\":\"$1\",\"name\":\"$2\",\"total_agent_steps\":$3,\"seed\":5,
        \"checkpoint_every_agent_steps\":$4,\"metrics_every_agent_steps\":$5,\"evaluation\":$6,
        \"hyperparameters\":{\"network\":[{\"type\":\"dense\",\"units\":8}],\"batch_size\":8,
        \"learning_starts_agent_steps\":50,\"update_period_agent_steps\":4,
        \"updates_per_period\":1,\"replay_capacity_frames\":500}}" |
        sed 's/^{"id":"\([^"]*\)".*/\1/'
}
done=$(job cartpole done 1500 500 100 '{"every_agent_steps":500,"episodes":2}')
curl -s $url/v1/jobs/"$done"/events >"$folder/events"
deleted=$(job catch deleted 1000000 0 200 null)
post jobs/"$deleted"/stop '' >"$folder/stopped"
curl -s -X DELETE $url/v1/jobs/"$deleted"
job cartpole running 2000000000 0 5000 null
paused=$(job cartpole 'paused cartpole' 2000000 0 500 null)
sleep 1
post jobs/"$paused"/pause '' >"$folder/paused"
curl -s $url/v1/checkpoints/"$done"-2/model.safetensors -o "$folder/model"
curl -s -X POST --data-binary @"$folder/model" -H 'Content-Type: application/octet-stream' \
    "$url/v1/checkpoints?name=mine"
curl -s "$url/v1/jobs/$done/metrics?format=csv" >"$folder/metrics.csv"
curl -s $url/v1/checkpoints | python3 -m json.tool --indent 1 >"$folder/checkpoints.json"
kill -TERM $process
wait $process
python3 -c "import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute('PRAGMA wal_checkpoint(TRUNCATE)')" "$data/runs.sqlite"
rm -f "$data"/runs.sqlite-* "$data/lock"
tar -C "$folder" -cf - ./before-rewinds ./checkpoints.json ./metrics.csv |
    gzip -9n >"$(dirname "$0")/before-rewinds.tar.gz"
