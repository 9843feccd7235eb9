#!/bin/bash
# All pages of a collection, then whether there is anything new, with curl and jq.
#
#     clients/with_curl.sh [ADDRESS]
#
# ADDRESS is the API's (default: CATCHMENT_API_URL). CATCHMENT_API_KEY is the key where
# the API asks for one. Prints the number of items, the sum of a measure, and the
# status of a second request, 304 where nothing has changed.
set -euo pipefail

case ${1:-} in -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit ;; esac
api=${1:-${CATCHMENT_API_URL:-http://127.0.0.1:8000}}
first="${api%/}/collections/earthquakes_by_state/items?f=json&limit=5"

ask() {
    curl -sS --fail-with-body --max-time 60 \
        ${CATCHMENT_API_KEY:+-H "x-api-key: $CATCHMENT_API_KEY"} "$@"
}

# A page's own links say where the next one is; the last page has none.
pages() {
    local url=$first page
    while [ -n "$url" ]; do
        page=$(ask "$url")
        jq -c '.data[]' <<<"$page"
        url=$(jq -r '.links[] | select(.rel == "next").href' <<<"$page")
    done
}
pages | jq -rs '"items \(length)", "earthquakes \(map(.n) | add)"'

tag=$(ask -o /dev/null -D - "$first" | sed -n 's/^etag: *//Ip' | tr -d '\r')
ask -o /dev/null -w 'again %{http_code}\n' -H "If-None-Match: $tag" "$first"
