package io.cordee.server.web;

import io.cordee.server.observe.ShardRow;
import io.cordee.server.observe.WorkerRow;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** A row per worker, by its name, and per shard, by its number. */
final class TeamMetrics {

  private static final String WORKER = "worker";
  private static final String SHARD = "shard";

  private final Latest latest;
  private final Collectors collectors;

  private TeamMetrics(Latest latest, PrometheusRegistry registry) {
    this.latest = latest;
    this.collectors = new Collectors(registry);
  }

  static void register(Latest latest, PrometheusRegistry registry) {
    TeamMetrics metrics = new TeamMetrics(latest, registry);
    metrics.workers();
    metrics.shards();
  }

  private void workers() {
    collectors.gauge(
        "cordee_workers",
        "Connected workers.",
        () -> latest.figures().workers().stream().filter(row -> row.state().isConnected()).count());
    collectors.gauges(
        "cordee_worker_up",
        "1 if the worker is connected, 0 if it is gone.",
        call ->
            latest
                .figures()
                .workers()
                .forEach(row -> call.call(row.state().isConnected() ? 1 : 0, row.name())),
        WORKER);
    gauge(
        "cordee_worker_partitions", "Partitions assigned to it by the plan.", r -> r.partitions());
    gauge(
        "cordee_worker_lag_seconds",
        "How far it was behind the first worker in the last round.",
        row -> row.lag() / 1e9);
    gauge(
        "cordee_worker_silent_seconds",
        "Time since its last message.",
        row -> row.silentNanos() / 1e9);
    gauge("cordee_worker_send_queue_messages", "Messages queued for it.", row -> row.waiting());
    collectors.counters(
        "cordee_worker_rows",
        "Training rows whose gradients it has sent.",
        call -> connected(row -> call.call(row.rows(), row.name())),
        WORKER);
    collectors.counters(
        "cordee_worker_wire_bytes",
        "Bytes of chunks received from it (in) and sent to it (out), without headers.",
        call ->
            connected(
                row -> {
                  call.call(row.received(), row.name(), "in");
                  call.call(row.sent(), row.name(), "out");
                }),
        WORKER,
        "direction");
  }

  private void gauge(String name, String help, ToDoubleFunction<WorkerRow> value) {
    collectors.gauges(
        name,
        help,
        call -> connected(row -> call.call(value.applyAsDouble(row), row.name())),
        WORKER);
  }

  private void connected(Consumer<WorkerRow> action) {
    latest.figures().workers().stream().filter(row -> row.state().isConnected()).forEach(action);
  }

  private void shards() {
    shard("cordee_shard_up", "1 if the shard is connected.", row -> row.isHere() ? 1 : 0);
    shard(
        "cordee_shard_version",
        "The version that all of its chunks have reached.",
        row -> row.version());
    shard(
        "cordee_shard_lag_seconds",
        "How far it was behind shard 0 in the last round.",
        row -> row.lag() / 1e9);
  }

  private void shard(String name, String help, ToDoubleFunction<ShardRow> value) {
    collectors.gauges(
        name,
        help,
        call ->
            latest
                .figures()
                .shards()
                .forEach(
                    row -> call.call(value.applyAsDouble(row), Integer.toString(row.number()))),
        SHARD);
  }
}
