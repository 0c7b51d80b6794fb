package io.cordee.common.job.file;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.SpecVersion;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/**
 * Reads one YAML document from the parser's events. Nothing is constructed; tags, aliases and deep
 * nesting are refused, so that a small text cannot become a large document.
 */
final class YamlReader {

  static final int DEEPEST = 16;

  /** Ends the reading, since what follows cannot be made sense of. */
  private static final class Unreadable extends RuntimeException {
    private final int line;

    Unreadable(int line, String message) {
      super(message);
      this.line = line;
    }
  }

  private final Iterator<Event> events;
  private final IntFunction<Place> places;
  private final Problems problems;

  private YamlReader(String text, IntFunction<Place> places, Problems problems) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
    this.events = new Parse(settings).parseString(text).iterator();
    this.places = places;
    this.problems = problems;
  }

  /**
   * The document in a text; none if there is no document in it or it cannot be read.
   *
   * @param path the key that the document is the value of; empty for a whole job
   * @param places from a line's number, counted from 1, to its place
   */
  static Optional<Yaml> read(
      String text, String path, IntFunction<Place> places, Problems problems) {
    try {
      return new YamlReader(text, places, problems).document(path);
    } catch (Unreadable e) {
      problems.add(places.apply(e.line), path, e.getMessage());
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      problems.add(places.apply(line), path, "not valid YAML: " + e.getProblem());
    } catch (ReaderException e) {
      problems.add(
          places.apply(lineOf(e.getPosition(), text)),
          path,
          String.format("not valid YAML: the character U+%04X is not allowed", e.getCodePoint()));
    } catch (YamlVersionException e) {
      int line = 1 + (int) text.substring(0, text.indexOf("%YAML")).lines().count();
      SpecVersion found = e.getSpecVersion();
      problems.add(
          places.apply(line),
          path,
          String.format(
              "expected YAML 1.2; found %%YAML %d.%d; leave that line out",
              found.getMajor(), found.getMinor()));
    } catch (RuntimeException e) {
      // The parser lets some of its own slips out as they are, on malformed escapes for one.
      String why = Objects.requireNonNullElse(e.getMessage(), "it cannot be parsed");
      problems.add(places.apply(1), path, "not valid YAML: " + why);
    }
    return Optional.empty();
  }

  private Optional<Yaml> document(String path) {
    events.next();
    Event first = events.next();
    if (first.getEventId() == Event.ID.StreamEnd) {
      return Optional.empty();
    }
    Yaml root = node(events.next(), path, 0);
    events.next();
    Event last = events.next();
    if (last.getEventId() != Event.ID.StreamEnd) {
      throw new Unreadable(line(last), "expected one YAML document; a second one starts here");
    }
    return Optional.of(root);
  }

  private Yaml node(Event event, String path, int depth) {
    if (depth > DEEPEST) {
      throw new Unreadable(line(event), "nested more than " + DEEPEST + " levels deep");
    }
    if (event instanceof ScalarEvent scalar) {
      refuseTag(scalar.getTag(), scalar);
      return new Yaml.Scalar(place(event), scalar.getValue(), scalar.isPlain());
    }
    if (event instanceof AliasEvent alias) {
      throw new Unreadable(
          line(event),
          "aliases are not supported; write out what *"
              + Quote.bare(alias.getAlias().getValue())
              + " stands for");
    }
    CollectionStartEvent start = (CollectionStartEvent) event;
    refuseTag(start.getTag(), start);
    return start instanceof MappingStartEvent
        ? mapping(start, path, depth)
        : items(start, path, depth);
  }

  private Yaml items(Event start, String path, int depth) {
    List<Yaml> items = new ArrayList<>();
    for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
      items.add(node(e, path, depth + 1));
    }
    return new Yaml.Items(place(start), items);
  }

  private Yaml mapping(Event start, String path, int depth) {
    Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
    for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
      Place place = place(e);
      Yaml key = node(e, path, depth + 1);
      if (key instanceof Yaml.Scalar scalar) {
        String below = SectionReader.join(path, scalar.text());
        Yaml value = node(events.next(), below, depth + 1);
        Yaml.Entry earlier = entries.putIfAbsent(scalar.text(), new Yaml.Entry(place, value));
        if (earlier != null) {
          problems.add(place, below, "given twice; first at " + earlier.keyPlace());
        }
      } else {
        node(events.next(), path, depth + 1);
        problems.add(place, path, "expected a word as a key; found " + key.description());
      }
    }
    return new Yaml.Mapping(place(start), entries);
  }

  private void refuseTag(Optional<String> tag, Event event) {
    if (tag.isPresent()) {
      throw new Unreadable(
          line(event), "tags are not supported; leave out " + Quote.bare(tag.get()));
    }
  }

  private Place place(Event event) {
    return places.apply(line(event));
  }

  private static int line(Event event) {
    return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  private static int lineOf(int position, String text) {
    int end = text.offsetByCodePoints(0, Math.min(position, text.codePointCount(0, text.length())));
    return 1 + (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
  }
}
