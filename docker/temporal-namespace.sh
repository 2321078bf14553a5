#!/bin/sh
# Makes the namespace unless it is there. Histories hold no personal value, but three days of them are enough.
set -eu
temporal operator namespace describe --namespace default > /dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 72h
