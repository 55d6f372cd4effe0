#!/bin/sh
# Fuzzes what reads foreign bytes with libFuzzer and the address sanitizer.
# usage: fuzz.sh [SECONDS a target] [TARGET...]     targets: parser requests forms numbers pictures
set -eu
# A trap is reported by libFuzzer; the runtime's own backtrace would read freed memory.
export SWIFT_BACKTRACE=enable=no
# A stack for each allocation and 256 MB of freed memory, the defaults, cost time and memory.
export ASAN_OPTIONS="malloc_context_size=1:quarantine_size_mb=16:${ASAN_OPTIONS:-}"
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out="$root/.build-fuzz"
seconds=${1:-60}
[ $# -gt 0 ] && shift
# SwiftPM writes such a map for itself.
mkdir -p "$out/CLinux"
printf 'module CLinux { umbrella "%s" export * }\n' "$root/Sources/CLinux/include" >"$out/CLinux/module.modulemap"

features="-swift-version 6 -strict-memory-safety -enable-upcoming-feature ExistentialAny
    -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility
    -enable-experimental-feature Lifetimes"

# The target and the module it reads with are one module, so that nothing needs to be public.
build() {
    sources=$(find "$root/Sources/$3" -name '*.swift')
    # shellcheck disable=SC2086
    swiftc -O -parse-as-library -module-name "$2" -package-name fuzz $features \
        -sanitize="${SANITIZERS:-fuzzer,address}" -use-ld=lld -I "$out/CLinux" \
        -I "$root/Sources/CZlib" -I "$root/Sources/CPNG" -lpng16 $sources "$here/$2.swift" -o "$out/$1"
}

run() {
    build "$1" "$2" "$3"
    seeds=$here/Corpus/$1
    [ "$1" = parser ] && seeds=$here/Corpus/requests
    mkdir -p "$out/corpus-$1" "$out/crashes"
    echo "== $1: $seconds s"
    "$out/$1" -max_total_time="$seconds" -max_len="$4" -artifact_prefix="$out/crashes/$1-" \
        -print_final_stats=1 "$out/corpus-$1" "$seeds" 2>"$out/$1.log" ||
        { tail -n 40 "$out/$1.log" >&2; exit 1; }
    grep -E "stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)" "$out/$1.log"
}

[ $# -gt 0 ] || set -- parser requests forms numbers pictures
for target in "$@"; do
    case $target in
    parser) run parser FuzzParser HTTPServing 192 ;;
    requests) run requests FuzzRequests HTTPServing 512 ;;
    forms) run forms FuzzForms HTTPServing 512 ;;
    pictures) run pictures FuzzPictures Frames 256 ;;
    numbers) run numbers FuzzNumbers JSONScanning 256 ;;
    *) echo "unknown target $target" >&2; exit 2 ;;
    esac
done
