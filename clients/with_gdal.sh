#!/bin/bash
# Collections into one GeoPackage, and a question to it, with GDAL's own programs.
#
#     clients/with_gdal.sh [ADDRESS] [FILE]
#
# ADDRESS is the API's (default: CATCHMENT_API_URL), FILE what is written (default:
# catchment.gpkg). CATCHMENT_API_KEY is the key where the API asks for one. Prints the
# earthquakes of California as the file has them.
set -euo pipefail

case ${1:-} in -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit ;; esac
api=${1:-${CATCHMENT_API_URL:-http://127.0.0.1:8000}}
file=${2:-catchment.gpkg}
if [ -n "${CATCHMENT_API_KEY:-}" ]; then
    export GDAL_HTTP_HEADERS="x-api-key: $CATCHMENT_API_KEY"
fi

# GDAL follows `next` from page to page; -nlt, for a layer has one type of geometry.
ogr2ogr -overwrite -f GPKG "$file" "OAPIF:${api%/}" earthquakes_by_state \
    -nlt PROMOTE_TO_MULTI -oo PAGE_SIZE=1000
ogr2ogr -update -overwrite "$file" "OAPIF:${api%/}" lead -oo PAGE_SIZE=1000

ogrinfo -ro -q "$file" -sql \
    "select sum(n) as n from earthquakes_by_state where state_name = 'California'"
