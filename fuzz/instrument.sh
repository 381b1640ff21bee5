#!/bin/sh
# The compiler, told to count which branches of this crate are taken; dependencies are compiled as ever. These are the
# flags of cargo-fuzz, without the sanitizers that need another toolchain.
exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares
