package io.cordee.cli.server;

import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.Errors;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.commandline.Listening;
import io.cordee.cli.option.DataOption;
import io.cordee.cli.option.ServerOptions;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.server.grpc.Declined;
import io.cordee.server.run.RunFiles;
import io.cordee.server.serving.Serving;
import io.cordee.server.serving.StartException;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.util.Optional;

/** A process that serves a job, or a shard of it, from its command line to its exit code. */
public final class ServerProcess {

  private final CordeeCommand command;
  private final ServerOptions options;
  private final Place place;
  private final Serving serving = new Serving();

  /** What runs beside the server; closes it. */
  private Optional<Runnable> beside = Optional.empty();

  /** Whether other shards may wait for this one. */
  private boolean isAwaited;

  public ServerProcess(CordeeCommand command, ServerOptions options, Place place) {
    this.command = command;
    this.options = options;
    this.place = place;
  }

  /** Returns the exit code of the command. */
  public int run() throws Exception {
    try {
      return serve();
    } catch (StartException e) {
      throw e.isOfAddress()
          ? Listening.refused(place.address(), e, "--listen")
          : CommandException.failed(Errors.texts(e));
    } catch (IOException | CommandException | JobException e) {
      if (!isAwaited) {
        throw e;
      }
      int code = command.failed(e);
      Declined.shards(Listening.at(place.address()), place.gate(), Errors.text(e));
      return code;
    } catch (InterruptedException e) {
      options.display().print("interrupted while starting");
      return ExitCode.INTERRUPTED;
    } finally {
      beside.ifPresent(Runnable::run);
      serving.allClosed();
    }
  }

  private int serve() throws IOException, InterruptedException {
    options.check();
    // Before a folder is begun, so that Ctrl-C leaves none.
    AtExit.run(serving::endWithProcess);
    if (place.isTeamComplete() || !options.starter().isAlone()) {
      serving.expectNoOthers();
    }
    boolean leads = place.shard().leads();
    isAwaited = leads && place.shard().count() > 1 && options.starter().isAlone();
    if (leads || options.resume().folder().filter(RunFiles::areIn).isPresent()) {
      new DataOption().countLayers(options.changes(), options.jobFile(), options.display()::print);
      Job job = options.resume().job(options.changes(), options.jobFile());
      ServedJob served = new ServedJob(job, options, place, serving, this::listening);
      Optional<Outcome.Completed> completed = options.resume().completed(job);
      if (completed.isPresent()) {
        return served.leave(completed.get());
      }
      if (leads) {
        return served.train(command);
      }
    }
    return new ServedShard(options, place).run(serving, this::listening);
  }

  private void listening(int port) {
    HostAndPort bound = place.address().withPort(port);
    beside = Optional.of(place.beside().start(serving::fail));
    options.starter().announce(bound);
    if (options.starter().isAlone() && !options.starter().isAnnounced()) {
      options
          .display()
          .print(
              "listening on %s; %s"
                  .formatted(
                      bound,
                      place.shard().leads()
                          ? "start " + place.joiners() + " with: " + place.join().apply(bound)
                          : "shard " + place.shard()));
    }
  }
}
