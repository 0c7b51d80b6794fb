package io.cordee.server.grpc;

import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.RowHolding;
import io.cordee.common.reduce.Subvector;
import io.cordee.proto.frame.FloatPayload;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.frame.Payload;
import io.cordee.proto.message.Numbers;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.Prepare;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.server.round.Board;
import io.cordee.server.round.ShownChunk;
import io.cordee.server.round.SignStep;
import io.cordee.server.round.Vector;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A message to a worker, built when its stream can take it. */
@FunctionalInterface
interface Outgoing {

  /** Writes it, or nothing if it is obsolete. */
  void writeTo(Consumer<Frame<ServerMessage>> stream);

  /** How many more chunks the same message could take. */
  default int room() {
    return 0;
  }

  /**
   * Both in one message, where the chunks of one are the neighbours of the other's.
   *
   * @param other of the same kind; it takes no more than there is {@link #room} for
   */
  default Optional<Outgoing> with(Outgoing other) {
    return Optional.empty();
  }

  /** A message other than chunks. */
  record Control(ServerMessage message) implements Outgoing {
    @Override
    public void writeTo(Consumer<Frame<ServerMessage>> stream) {
      stream.accept(Frame.of(message));
    }
  }

  /** The partitions of a plan, which can be many; a later plan replaces one that waits. */
  record Plan(int number, BitSet partitions) implements Outgoing {
    @Override
    public void writeTo(Consumer<Frame<ServerMessage>> stream) {
      Prepare prepare =
          Prepare.newBuilder().setPlan(number).addAllPartitions(Numbers.list(partitions)).build();
      stream.accept(Frame.of(ServerMessage.newBuilder().setPrepare(prepare).build()));
    }
  }

  /**
   * Consecutive chunks of a vector at one version. They go from the vector to the socket when the
   * worker can take them, so that the queue of a slow worker costs no memory. A chunk that has
   * moved on by then is skipped: the worker is being sent a later version. So are all until the
   * worker has said what it holds of the version, upon which they are sent again.
   */
  record Chunk(
      Board board, Part part, Vector vector, int version, int first, int count, Holdings holdings)
      implements Outgoing {

    @Override
    public int room() {
      return holdings.at(version).map(held -> held.perMessage() - count).orElse(0);
    }

    @Override
    public Optional<Outgoing> with(Outgoing other) {
      Chunk more = (Chunk) other;
      if (vector != more.vector || version != more.version) {
        return Optional.empty();
      }
      return start(first, count, more.first, more.count)
          .map(from -> new Chunk(board, part, vector, version, from, count + more.count, holdings));
    }

    @Override
    public void writeTo(Consumer<Frame<ServerMessage>> stream) {
      Optional<Holding> holding = holdings.at(version);
      if (holding.isEmpty()) {
        return;
      }
      if (holding.get() instanceof RowHolding rows) {
        writeRows(stream, rows);
      } else {
        writeTo(stream, holding.get(), first, new ArrayList<>());
      }
    }

    /** What a worker holds of a chunk is copied, so that only one has to hold still at a time. */
    private void writeRows(Consumer<Frame<ServerMessage>> stream, RowHolding held) {
      List<float[]> shown = new ArrayList<>();
      for (int chunk = first; chunk < first + count; chunk++) {
        Optional<float[]> own = board.copy(vector, chunk, version, held.part(chunk));
        own.ifPresent(shown::add);
        if (own.isEmpty()) {
          send(stream, held, chunk, shown);
          shown.clear();
        }
      }
      send(stream, held, first + count, shown);
    }

    /**
     * Writes the chunks from this one on. They hold still only while they are shown, so that one is
     * shown within the other; always in this order, which prevents deadlock.
     *
     * @param shown those right before it
     */
    private void writeTo(
        Consumer<Frame<ServerMessage>> stream, Holding held, int chunk, List<float[]> shown) {
      if (chunk == first + count) {
        send(stream, held, chunk, shown);
        return;
      }
      boolean isThere =
          board.show(
              vector,
              chunk,
              version,
              values -> {
                shown.add(values);
                writeTo(stream, held, chunk + 1, shown);
              });
      if (!isThere) {
        send(stream, held, chunk, shown);
        writeTo(stream, held, chunk + 1, new ArrayList<>());
      }
    }

    private void send(
        Consumer<Frame<ServerMessage>> stream, Holding held, int end, List<float[]> shown) {
      if (!shown.isEmpty()) {
        stream.accept(frame(held, end - shown.size(), shown));
      }
    }

    private Frame<ServerMessage> frame(Holding held, int from, List<float[]> values) {
      Parameters.Kind kind =
          switch (vector) {
            case LOOKAHEAD_POINT -> Parameters.Kind.LOOKAHEAD_POINT;
            case WEIGHTS -> Parameters.Kind.WEIGHTS;
          };
      return of(
          Parameters.newBuilder()
              .setVersion(version)
              .setChunk(part.onWire(from))
              .setChunks(values.size())
              .setKind(kind)
              .setHolding(held.number()),
          FloatPayload.of(
              values.stream().map(each -> new FloatPayload.Range(each, 0, each.length)).toList()));
    }
  }

  /**
   * Steps of neighbouring chunks to one version, to be replayed. Those of one round wait before
   * those of the next, so that none overtakes another of its chunk.
   *
   * @param steps shared by all who are sent them
   */
  record SignsOf(Board board, Part part, int first, List<SignStep> steps, Holdings holdings)
      implements Outgoing {

    @Override
    public int room() {
      return holdings.at(step().version()).map(held -> held.perMessage() - steps.size()).orElse(0);
    }

    @Override
    public Optional<Outgoing> with(Outgoing other) {
      SignsOf more = (SignsOf) other;
      if (step().version() != more.step().version()) {
        return Optional.empty();
      }
      return start(first, steps.size(), more.first, more.steps.size())
          .map(
              from -> {
                List<SignStep> both = new ArrayList<>(from == first ? steps : more.steps);
                both.addAll(from == first ? more.steps : steps);
                return new SignsOf(board, part, from, both, holdings);
              });
    }

    /** Any of them: what does not belong to a chunk alone is the same in all. */
    private SignStep step() {
      return steps.get(0);
    }

    /** Nothing before the worker has said what it holds, upon which it is sent the state. */
    @Override
    public void writeTo(Consumer<Frame<ServerMessage>> stream) {
      holdings.at(step().version()).ifPresent(held -> stream.accept(frame(held)));
    }

    private Frame<ServerMessage> frame(Holding held) {
      List<Payload> signs = new ArrayList<>();
      List<Long> checksums = new ArrayList<>();
      for (int i = 0; i < steps.size(); i++) {
        int chunk = first + i;
        SignStep step = steps.get(i);
        if (held instanceof RowHolding rows) {
          Subvector part = rows.part(chunk);
          signs.add(Payload.of(step.signs().packed(part)));
          if (step.checksum().isPresent()) {
            addIfOfStep(checksums, board.copyState(chunk, part));
          }
        } else {
          signs.add(Payload.of(step.signs().packed()));
          step.checksum().ifPresent(checksums::add);
        }
      }
      Parameters.Builder header =
          Parameters.newBuilder()
              .setVersion(step().version())
              .setChunk(part.onWire(first))
              .setChunks(steps.size())
              .setKind(Parameters.Kind.SIGNS)
              .setLossRose(step().lossRose())
              .setHolding(held.number())
              .addAllChecksums(checksums.size() == steps.size() ? checksums : List.of());
      return of(header, Payload.joined(signs));
    }

    /** A chunk that has moved on by now is compared at the next check. */
    private void addIfOfStep(List<Long> checksums, ShownChunk state) {
      if (state.version() == step().version()) {
        checksums.add(state.checksum());
      }
    }
  }

  /** The first of the chunks of two messages, if those of one are the neighbours of the other's. */
  private static Optional<Integer> start(int first, int count, int otherFirst, int otherCount) {
    return first + count == otherFirst
        ? Optional.of(first)
        : otherFirst + otherCount == first ? Optional.of(otherFirst) : Optional.empty();
  }

  /**
   * What a worker needs to replay the steps of a chunk, as it is when the worker can take it: one
   * message for each vector, written together so that they belong together.
   */
  record State(Board board, Part part, int chunk, Holdings holdings) implements Outgoing {

    /** Where steps are replayed, what is held does not depend on the version. */
    @Override
    public void writeTo(Consumer<Frame<ServerMessage>> stream) {
      holdings.at(0).ifPresent(held -> writeTo(stream, held));
    }

    private void writeTo(Consumer<Frame<ServerMessage>> stream, Holding held) {
      if (held instanceof RowHolding rows) {
        write(stream, held, board.copyState(chunk, rows.part(chunk)));
      } else {
        board.showState(chunk, state -> write(stream, held, state));
      }
    }

    private void write(Consumer<Frame<ServerMessage>> stream, Holding held, ShownChunk state) {
      for (int index = 0; index < state.vectors().size(); index++) {
        stream.accept(frame(held, state, index));
      }
    }

    private Frame<ServerMessage> frame(Holding held, ShownChunk state, int index) {
      float[] vector = state.vectors().get(index);
      Parameters.Builder header =
          Parameters.newBuilder()
              .setVersion(state.version())
              .setChunk(part.onWire(chunk))
              .setKind(Parameters.Kind.STATE)
              .setHolding(held.number())
              .setPart(index);
      if (index == 0) {
        header.addChecksums(state.checksum());
      }
      return of(header, FloatPayload.of(vector, 0, vector.length));
    }
  }

  static Frame<ServerMessage> of(Parameters.Builder header, Payload payload) {
    return new Frame<>(ServerMessage.newBuilder().setParameters(header).build(), payload);
  }
}
