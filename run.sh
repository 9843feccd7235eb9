#!/bin/sh
# Other names of two make targets:
#   ./run.sh --deploy               make deploy
#   ./run.sh --copy-files [PATH]    make copy-files FILES=PATH
# STACK=name in the environment means a stack in AWS, as it does for make.
set -eu
cd -- "$(dirname -- "$0")"

case "${1-}" in
    --deploy) exec make deploy ;;
    --copy-files) exec make copy-files FILES="${2-examples}" ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' run.sh ;;
    *)
        echo "./run.sh does not know '${1-}':" >&2
        sed -n '2,5s/^# \{0,1\}//p' run.sh >&2
        exit 2
        ;;
esac
