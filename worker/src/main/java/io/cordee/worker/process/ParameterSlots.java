package io.cordee.worker.process;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The parameters that children compute at, in a file that all of them read: those of a version are
 * written once, and stay for as long as a child uses them. They are of one connection to a server:
 * a version of another one may have other parameters.
 */
final class ParameterSlots {

  private static final int NONE = -1;

  /** A place for one vector. */
  static final class Slot {
    private final SharedFile file;
    private final long offset;
    private final FloatBuffer values;
    private int version = NONE;
    private int users;

    Slot(SharedFile file, long offset, FloatBuffer values) {
      this.file = file;
      this.offset = offset;
      this.values = values;
    }

    SharedFile file() {
      return file;
    }

    /** Returns the place of the first parameter, in bytes. */
    long offset() {
      return offset;
    }
  }

  private final SharedFiles files;
  private final int parameters;
  private final List<Slot> slots = new ArrayList<>();
  private SharedFile file;
  private int functions;

  ParameterSlots(SharedFiles files, int parameters) throws IOException {
    this.files = files;
    this.parameters = parameters;
    file = files.file(0);
  }

  /** Counts a function that uses them. */
  synchronized void add() {
    functions++;
  }

  /** Counts a function off; true if it was the last one, and the parameters are gone. */
  synchronized boolean remove() {
    if (--functions > 0) {
      return false;
    }
    files.discard(file);
    return true;
  }

  /**
   * Puts parameters where children find them.
   *
   * @param version equal ones have equal parameters; empty if they are nobody else's
   * @throws IOException if there is no room for them
   */
  synchronized Slot put(float[] values, OptionalInt version) throws IOException {
    for (Slot slot : slots) {
      if (version.isPresent() && slot.version == version.getAsInt()) {
        slot.users++;
        return slot;
      }
    }
    Slot free = slots.stream().filter(slot -> slot.users == 0).findFirst().orElse(null);
    if (free == null) {
      free = slot();
      slots.add(free);
    }
    free.values.put(0, values, 0, parameters);
    free.version = version.orElse(NONE);
    free.users = 1;
    return free;
  }

  private Slot slot() throws IOException {
    long offset = SharedFile.after(file.length(), 0);
    SharedFile grown = files.grown(file, offset + (long) Float.BYTES * parameters);
    if (grown == file) {
      return new Slot(file, offset, file.floats(offset, parameters));
    }
    // A child knows one file: it is not to change between both.
    slots.removeIf(slot -> slot.users == 0);
    file = grown;
    return new Slot(file, 0, file.floats(0, parameters));
  }

  synchronized void release(Slot slot) {
    slot.users--;
    if (slot.users == 0 && slot.file != file) {
      slots.remove(slot);
    }
  }
}
