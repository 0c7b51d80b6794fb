package io.cordee.worker.process;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The parameters that children compute at, in one file that all of them read: those of a version
 * are written once, and stay for as long as a child uses them.
 */
final class ParameterSlots {

  private static final int NONE = -1;

  /** A place for one vector. */
  static final class Slot {
    private final long offset;
    private final FloatBuffer values;
    private int version = NONE;
    private int users;

    Slot(long offset, FloatBuffer values) {
      this.offset = offset;
      this.values = values;
    }

    /** Returns the place of the first parameter, in bytes. */
    long offset() {
      return offset;
    }
  }

  private final SharedFile file;
  private final int parameters;
  private final List<Slot> slots = new ArrayList<>();

  ParameterSlots(SharedFile file, int parameters) {
    this.file = file;
    this.parameters = parameters;
  }

  int parameters() {
    return parameters;
  }

  SharedFile file() {
    return file;
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
      long offset = SharedFile.after(file.length(), 0);
      file.grow(offset + (long) Float.BYTES * parameters);
      free = new Slot(offset, file.floats(offset, parameters));
      slots.add(free);
    }
    free.values.put(0, values, 0, parameters);
    free.version = version.orElse(NONE);
    free.users = 1;
    return free;
  }

  synchronized void release(Slot slot) {
    slot.users--;
  }
}
