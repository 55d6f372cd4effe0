#!/bin/sh
# Compiles the kernels for this CPU and for two that are played, AVX-512 by plain C and aarch64 by qemu, and
# compares what they compute to the bit. Needs clang, qemu-user-static and gcc-aarch64-linux-gnu.
set -eu
cd "$(dirname "$0")"
kernels=../../Sources/CKernels
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
sources="same_bits.c $kernels/Sets/*.c $kernels/Plain/*.c $kernels/Winograd/*.c"
flags="-O2 -Wall -Werror -I$kernels/include"

clang $flags $sources -o "$folder/here"
for kind in avx2 avx512; do
    "$folder/here" $kind >>"$folder/prints" 2>/dev/null || echo "this CPU has no $kind"
done

clang $flags -DDQN_PLAYS_AVX512 $sources -o "$folder/played"
"$folder/played" avx512 | sed 's/$/ played/' >>"$folder/prints"

for source in $sources; do
    clang --target=aarch64-linux-gnu -I/usr/aarch64-linux-gnu/include $flags -c "$source" \
        -o "$folder/$(basename "$source").o"
done
aarch64-linux-gnu-gcc -static "$folder"/*.o -o "$folder/there"
qemu-aarch64-static "$folder/there" neon >>"$folder/prints"

cat "$folder/prints"
if [ "$(cut -d' ' -f1 "$folder/prints" | sort -u | wc -l)" != 1 ]; then
    echo "they differ" >&2
    exit 1
fi
