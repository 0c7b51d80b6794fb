package io.cordee.cli.team;

import io.cordee.common.retry.Backoff;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The servers that share the vector with shard 0. One that crashes or is killed is started again,
 * at the same address.
 */
final class ShardProcesses {

  private final TeamSetup setup;
  private final Processes processes;
  private final RunProgress progress;
  private final Notices notices;
  private final List<TeamProcess> shards = new ArrayList<>();
  private final Map<Integer, String> addresses = new HashMap<>();

  ShardProcesses(TeamSetup setup, Processes processes, RunProgress progress, Notices notices) {
    this.setup = setup;
    this.processes = processes;
    this.progress = progress;
    this.notices = notices;
  }

  /**
   * Starts all of them and waits until they listen; so that each knows where to be found, all are
   * started before any is waited for.
   *
   * @param lead where shard 0 listens
   * @param others who is looked after meanwhile
   * @return where they listen, in order; ends at one that has ended instead
   */
  List<String> start(String lead, Announcement.Tending others)
      throws IOException, InterruptedException {
    List<Announcement> announcements = new ArrayList<>();
    try {
      for (int number = 1; number < setup.shards(); number++) {
        Announcement announcement = new Announcement();
        announcements.add(announcement);
        int shard = number;
        shards.add(
            new TeamProcess(
                "shard " + shard,
                name -> start(shard, lead, announcement.file()),
                new Restarts(new Backoff(ThreadLocalRandom.current())),
                progress,
                notices));
      }
      List<String> found = new ArrayList<>();
      for (int number = 1; number < setup.shards(); number++) {
        Optional<String> address =
            announcements.get(number - 1).await(shards.get(number - 1), others);
        if (address.isEmpty()) {
          break;
        }
        addresses.put(number, address.get());
        found.add(address.get());
      }
      return found;
    } finally {
      for (Announcement announcement : announcements) {
        announcement.close();
      }
    }
  }

  private Process start(int number, String lead, Path announcement) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("server", "--leash", "--quiet"));
    arguments.addAll(List.of("--out", setup.runFolder().toString()));
    arguments.addAll(List.of("--shard", number + "/" + setup.shards(), "--lead", lead));
    arguments.addAll(setup.forAll());
    String known = addresses.get(number);
    if (known == null) {
      arguments.addAll(List.of("--listen", "127.0.0.1:0", "--announce", announcement.toString()));
    } else {
      arguments.addAll(List.of("--listen", known));
    }
    return processes.startLogged(arguments, setup.log());
  }

  /** Looks after each of them. */
  void tend() throws IOException {
    for (TeamProcess shard : shards) {
      shard.tend();
    }
  }

  /** The names of those that have ended for good. */
  List<String> gone() {
    return shards.stream().filter(TeamProcess::isGone).map(TeamProcess::name).toList();
  }

  List<Process> all() {
    return shards.stream().map(TeamProcess::process).toList();
  }
}
