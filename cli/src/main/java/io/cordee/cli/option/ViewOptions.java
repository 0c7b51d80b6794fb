package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.server.observe.Observation;
import io.cordee.server.observe.Traffic;
import io.cordee.server.web.Door;
import io.cordee.server.web.Metrics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Stack;
import java.util.function.Supplier;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Where a job can be looked at while it runs. */
public final class ViewOptions {

  /** Where the page is if no address is given. */
  public static final String USUAL = "127.0.0.1:7312";

  /** Host and port, or what was meant to be that; no path. */
  private static final String ADDRESS = "[^/\\\\]+:[^/\\\\]*";

  /**
   * The address may be left away: what follows the option is taken for one only if it looks like
   * one, so that a job file may follow as well.
   */
  private static final class OptionalAddress implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      boolean isAttached = info.get("separator") != null && !info.get("separator").equals(" ");
      if (!isAttached && (arguments.isEmpty() || !arguments.peek().matches(ADDRESS))) {
        arguments.push(USUAL);
      }
      return false;
    }
  }

  @Option(
      names = "--ui",
      arity = "0..1",
      paramLabel = "HOST:PORT",
      preprocessor = OptionalAddress.class,
      description =
          "Serve a live page of the job (without an address: http://"
              + USUAL
              + "), with Prometheus metrics at /metrics; port 0 lets the system pick. It is"
              + " read-only.")
  private Optional<HostAndPort> ui = Optional.empty();

  @Option(
      names = "--metrics",
      paramLabel = "HOST:PORT",
      description = "Serve Prometheus metrics at http://HOST:PORT/metrics, and nothing else.")
  private Optional<HostAndPort> metrics = Optional.empty();

  @Option(
      names = "--ui-name",
      paramLabel = "NAME",
      description =
          "A host name, besides localhost and addresses, under which page and metrics may be"
              + " requested. May be repeated.")
  private List<String> names = new ArrayList<>();

  @FunctionalInterface
  public interface Doors {

    /** Anyone: {@link #requireThisMachine} has checked that the address is this machine's. */
    Doors OPEN = (option, at, names) -> new Door(Optional.empty(), Optional.empty(), names);

    /** {@code option} is what the address is for, {@code names} those that it is asked for by. */
    Door at(String option, HostAndPort at, Set<String> names);
  }

  boolean isAsked() {
    return ui.isPresent() || metrics.isPresent();
  }

  /** For {@code cordee train}, which stays on this machine. */
  public void requireThisMachine() {
    ui.ifPresent(at -> requireThisMachine("--ui", at));
    metrics.ifPresent(at -> requireThisMachine("--metrics", at));
  }

  private static void requireThisMachine(String option, HostAndPort at) {
    if (!at.isThisMachine()) {
      throw CommandException.wrongUse(
          "%s %s is not a loopback address, and cordee train serves this machine only; use cordee server and worker to let others watch, or an SSH tunnel to 127.0.0.1"
              .formatted(option, at));
    }
  }

  /** As options for a server. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    ui.ifPresent(at -> arguments.add("--ui=" + at));
    metrics.ifPresent(at -> arguments.add("--metrics=" + at));
    names.forEach(name -> arguments.add("--ui-name=" + name));
    return arguments;
  }

  /** Begins to show the job, as its only server or shard 0. */
  public LiveView open(Observation observation, Doors doors) {
    return open(Optional.of(observation), () -> Metrics.of(observation), doors);
  }

  /** Begins to show a shard that does not lead. */
  public LiveView open(Traffic traffic, Doors doors) {
    if (ui.isPresent()) {
      throw CommandException.wrongUse("--ui is for shard 0; other shards have --metrics");
    }
    return open(Optional.empty(), () -> Metrics.of(traffic), doors);
  }

  private LiveView open(Optional<Observation> page, Supplier<Metrics> figures, Doors doors) {
    LiveView view = new LiveView();
    try {
      ui.ifPresent(at -> show(view, "--ui", at, doors, page, figures));
      metrics
          .filter(at -> !ui.equals(Optional.of(at)))
          .ifPresent(at -> show(view, "--metrics", at, doors, Optional.empty(), figures));
      return view;
    } catch (CommandException e) {
      view.close();
      throw e;
    }
  }

  private void show(
      LiveView view,
      String option,
      HostAndPort at,
      Doors doors,
      Optional<Observation> page,
      Supplier<Metrics> figures) {
    Set<String> known = new HashSet<>(Set.of(at.host().toLowerCase(Locale.ROOT)));
    names.forEach(name -> known.add(name.toLowerCase(Locale.ROOT)));
    view.add(option, at, doors.at(option, at, known), page, figures.get());
  }
}
