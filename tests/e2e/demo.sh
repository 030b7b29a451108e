#!/bin/bash
# The demo is a promise to newcomers: each of its steps shows what it claims.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
DEMO=$work/demo docker/demo > "$work/out" 2>&1
status=$?
grep -E '^  -- shown: ' "$work/out" | sed 's/^  -- shown: /ok /'
grep -E '^  \*\* FAILED: ' "$work/out" | sed 's/^  \*\* FAILED: /not ok /'
if [ "$status" -ne 0 ]; then
    tail -n 40 "$work/out"
fi
exit "$status"
