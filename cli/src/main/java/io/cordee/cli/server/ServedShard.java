package io.cordee.cli.server;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.commandline.Listening;
import io.cordee.cli.log.Logging;
import io.cordee.cli.log.LoggingListener;
import io.cordee.cli.option.LiveView;
import io.cordee.cli.option.ServerOptions;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.server.assembly.LeadAt;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Traffic;
import io.cordee.server.run.RunFiles;
import io.cordee.server.serving.FollowerServing;
import io.cordee.server.serving.Serving;
import io.cordee.server.training.Outcome;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;

/** A shard that is served by this process and does not lead. */
record ServedShard(ServerOptions options, Place place) {

  /**
   * @param listening called with the port once workers can connect
   * @return the exit code of the command
   */
  int run(Serving serving, IntConsumer listening) throws IOException, InterruptedException {
    HostAndPort lead =
        place
            .lead()
            .orElseThrow(
                () -> CommandException.wrongUse("a shard other than 0 needs --lead HOST:PORT"));
    Optional<Path> folder = options.folder();
    if (folder.isPresent()) {
      RunFiles.requireRunOrFree(folder.get());
    }
    Optional<LastWord> word = folder.map(path -> LastWord.in(path, place.shard()));
    Access access = options.gate().toLead(lead, place.gate().access());
    if (word.filter(LastWord::isThere).isPresent() && options.starter().isAlone()) {
      Duration look =
          place.patience().compareTo(LastWord.LOOK) < 0 ? place.patience() : LastWord.LOOK;
      say(
          "its job was complete; looking for shard 0 at %s for %d s"
              .formatted(lead, look.toSeconds()));
      Optional<String> end = word.get().ifGone(new Dial(lead.host(), lead.port(), access), look);
      if (end.isPresent()) {
        options.display().print(nothingLeft(end.get(), lead, look));
        return ExitCode.DONE;
      }
    }
    Traffic traffic = new Traffic();
    Closeable lock = lock(folder);
    try (lock;
        LiveView view =
            options.display().view().open(traffic, options.doors(place.gate().access()));
        Listeners log = new Listeners().addTelling("log", new LoggingListener())) {
      view.say(this::say);
      Logging.toStandardError(place.name(), options.display().logs().format());
      long seconds = place.patience().toSeconds();
      LeadAt leadAt =
          new LeadAt(
              lead.host(),
              lead.port(),
              access,
              place.patience(),
              why -> say("waiting for shard 0 for %d s: %s".formatted(seconds, why)),
              port -> options.advertised(place.address().withPort(port)));
      serving.listenAt(
          Listening.at(place.address()),
          port -> {
            word.ifPresent(LastWord::forget);
            listening.accept(port);
          });
      if (folder.isEmpty()) {
        say(
            "warning: without --out DIR this shard keeps no checkpoints; if it dies, the job starts"
                + " over");
      }
      FollowerServing follower =
          new FollowerServing(
              place.shard(),
              leadAt,
              place.gate(),
              options.linger(),
              folder.map(path -> path.resolve(RunFiles.CHECKPOINTS)),
              traffic);
      Outcome outcome = follower.run(serving, log);
      word.filter(its -> options.starter().isAlone()).ifPresent(its -> its.keep(outcome));
      return ExitCode.of(outcome);
    }
  }

  private String nothingLeft(String end, HostAndPort lead, Duration look) {
    return "nothing is left to train for shard %s: %s; shard 0 is gone (looked for it at %s for %d s): start it first to train further"
        .formatted(place.shard(), end, lead, look.toSeconds());
  }

  /** The parent process of a shard that has one uses the folder alone. */
  private Closeable lock(Optional<Path> folder) throws IOException {
    return folder.isPresent() && options.starter().isAlone()
        ? RunFiles.lock(folder.get(), place.shard())
        : () -> {};
  }

  private void say(String line) {
    if (!options.display().isQuiet()) {
      (Logging.printsJson() ? Logging.out() : System.err).println(line);
    }
  }
}
