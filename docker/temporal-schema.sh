#!/bin/sh
# Brings Temporal's two stores to the schema of this release; run again, it only adds what a newer release brings.
set -eu
for store in temporal visibility; do
  database=temporal
  [ "$store" = visibility ] && database=temporal_visibility
  tool() { temporal-sql-tool --plugin postgres12 --endpoint postgres --port 5432 --user attune --database "$database" "$@"; }
  tool setup-schema --version 0.0
  tool update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$store/versioned"
done
