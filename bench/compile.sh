#!/bin/sh
# Builds the program and the benchmarks where that is needed. Sourced by bench/run and bench/quality,
# which set $home; sets $java, ready to be followed by a class and its arguments.
# shellcheck disable=SC2034,SC2154
"$home/aidb" version >/dev/null
java_home=$("$home/scripts/find-jdk")
target=$home/target
kind=server
# shellcheck source=scripts/jvm-options
. "$home/scripts/jvm-options"
classes=$home/bench/target/classes
mkdir -p "$classes"
"$java_home/bin/javac" -Xlint:all,-serial,-processing,-classfile,-try -proc:none \
  --add-modules=jdk.incubator.vector -d "$classes" -cp "$class_path" \
  "$home"/bench/src/dev/aidb/*/*.java
# The options are meant to be split at blanks.
java="$java_home/bin/java $jvm_options -Xmx1500m -Daidb.home=$home -cp $classes:$class_path"
