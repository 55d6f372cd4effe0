#!/bin/sh
# Builds the documentation of every module from what `swift build -c release` left behind; a link to
# a symbol or a page that is not there is an error. Into .build/documentation, to be read there.
set -eu
cd "$(dirname "$0")/../.."
build=.build/release
out=.build/documentation
rm -rf "$out" && mkdir -p "$out"

# What the modules import of C.
set -- -I "$build/Modules" -target "$(uname -m)-unknown-linux-gnu"
for module in CKernels CLinux CPNGReader; do
	set -- "$@" -Xcc "-fmodule-map-file=$build/$module.build/module.modulemap" \
		-Xcc "-ISources/$module/include"
done
for map in Sources/*/module.modulemap .build/checkouts/GRDB.swift/Sources/GRDBSQLite/module.modulemap; do
	set -- "$@" -Xcc "-fmodule-map-file=$map"
done
for flag in $(pkg-config --cflags openblas libpng zlib libcrypto); do
	set -- "$@" -Xcc "$flag"
done

failed=0
for folder in Sources/*; do
	module=${folder#Sources/}
	case $module in dqn-*) continue ;; esac
	[ -n "$(find "$folder" -name '*.swift' | head -n 1)" ] || continue
	mkdir "$out/$module"
	swift symbolgraph-extract -module-name "$module" "$@" -minimum-access-level internal \
		-output-dir "$out/$module"
	catalog=
	[ ! -d "$folder/$module.docc" ] || catalog=$folder/$module.docc
	docc convert $catalog --additional-symbol-graph-dir "$out/$module" --warnings-as-errors \
		--fallback-display-name "$module" --fallback-bundle-identifier "$module" \
		--output-path "$out/$module.doccarchive" || failed=1
	rm -r "${out:?}/$module"
done
exit $failed
