#!/usr/bin/env bash
# Cordee beside Spark's own multilayer perceptron, on a standalone cluster of this machine: two executors of one core each.
# Prints seconds per full-batch round and per iteration, by turns, test accuracy, and how long a small fit takes.
#
#   bench/peers/spark.sh [FOLDER OF FASHION-MNIST] [SCALA VERSION]
#
# MLlib multiplies by OpenBLAS where Debian's libopenblas0-pthread is installed, and by plain Java elsewhere.
set -euo pipefail
cd "$(dirname "$0")/../.."
data=${1:-/usr/share/datasets/fashion-mnist}
scala=${2:-2.13}
[ -f "$data/train-images-idx3-ubyte.gz" ] || {
  echo "no Fashion-MNIST in $data; install Debian's dataset-fashion-mnist, or give the folder" >&2
  exit 2
}
dpkg -s libopenblas0-pthread >/dev/null 2>&1 || echo "warning: without libopenblas0-pthread, MLlib is not at its best" >&2
mvn -q -ntp -Pspark install -Dspotless.check.skip -DskipTests -pl "spark/scala-$scala" -am
module=spark/scala-$scala
mvn -q -ntp -Pspark -pl "$module" dependency:build-classpath -Dmdep.outputFile=target/benchmark.classpath -DincludeScope=test
export SPARK_HOME=$PWD/$module/target/spark-home SPARK_SCALA_VERSION=$scala SPARK_LOCAL_IP=127.0.0.1
# One thread for an executor of one core.
export OPENBLAS_NUM_THREADS=1
opens=$(sed -n 's:.*<spark.opens>\(.*\)</spark.opens>.*:\1:p' spark/pom.xml)
# shellcheck disable=SC2086
exec java -Xmx4g $opens --add-modules=jdk.incubator.vector \
  -cp "$PWD/$module/target/test-classes:$PWD/$module/target/classes:$(cat "$module/target/benchmark.classpath")" \
  io.cordee.spark.FashionBenchmark "$data"
