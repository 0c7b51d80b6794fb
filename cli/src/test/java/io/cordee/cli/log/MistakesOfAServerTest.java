package io.cordee.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.InFolder;
import io.cordee.proto.v1.Evaluate;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Prepare;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.worker.Worker;
import io.cordee.worker.link.ChunkSink;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Contribution;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.RefusedException;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.VectorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A server's mistake is one line in a worker's log, and no stack trace. */
class MistakesOfAServerTest extends InFolder {

  private static final String JOB =
      "name: digits\nmodel: {layers: [64, 10]}\ndata: digits\npartitions: 8\ncompression: {weights: floats}";

  /** Says hello, makes one mistake, and sends the worker away when that tells of it. */
  private static final class Mistaken implements ServerLink {

    private final ServerMessage.Builder mistake;
    private final Optional<ChunkSink.Chunk> chunk;
    private ChunkSink sink = chunk -> {};
    private int told;

    Mistaken(ServerMessage.Builder mistake, Optional<ChunkSink.Chunk> chunk) {
      this.mistake = mistake;
      this.chunk = chunk;
    }

    @Override
    public ServerMessage receive() {
      if (told == 0) {
        told++;
        return ServerMessage.newBuilder()
            .setWelcome(Welcome.newBuilder().setName("ann").setJob(JOB).setShards(1))
            .build();
      }
      if (told == 1) {
        told++;
        chunk.ifPresent(sink::put);
        return mistake.build();
      }
      throw new RefusedException("the server refused this worker");
    }

    @Override
    public void deliverChunksTo(ChunkSink chunks) {
      sink = chunks;
    }

    @Override
    public void send(WorkerMessage said) {}

    @Override
    public void contribute(Contribution whole, int first, int count) {}

    @Override
    public void close() {}
  }

  private static final class FourBytes implements VectorData {
    @Override
    public int size() {
      return 4;
    }

    @Override
    public void read(float[] into, int at, int count) {}

    @Override
    public void read(byte[] into) {}
  }

  @Test
  void aSliceThatDoesNotExistIsOneLine() throws IOException {
    assertOneLine(
        "the server sent a request for slice of the evaluated rows 4000, counted from 0,",
        new Mistaken(
            ServerMessage.newBuilder().setEvaluate(Evaluate.newBuilder().addSlices(4000)),
            Optional.empty()));
  }

  @Test
  void aPartitionThatDoesNotExistIsOneLine() throws IOException {
    assertOneLine(
        "the server sent a request for partition 8, counted from 0, of a job that has 8 of them",
        new Mistaken(
            ServerMessage.newBuilder().setPrepare(Prepare.newBuilder().setPlan(1).addPartitions(8)),
            Optional.empty()));
    assertOneLine(
        "the server sent a request for partition 9,",
        new Mistaken(
            ServerMessage.newBuilder().setLease(Lease.newBuilder().addPartitions(9)),
            Optional.empty()));
  }

  @Test
  void aChunkOfAnotherLengthIsOneLine() throws IOException {
    var chunk =
        new ChunkSink.Chunk(0, 0, 1, new ChunkSink.Content.LookaheadPoint(), new FourBytes());
    assertOneLine(
        "the server sent an invalid chunk: chunk 0 has 1024 bytes; found 4; run the same version",
        new Mistaken(
            ServerMessage.newBuilder().setEvaluate(Evaluate.getDefaultInstance()),
            Optional.of(chunk)));
  }

  private static BitSet unit(int number) {
    BitSet units = new BitSet();
    units.set(number);
    return units;
  }

  private void assertOneLine(String words, ServerLink server) throws IOException {
    Path log = Files.createTempFile(folder, "worker", ".log");
    Logging.toFile(log, "worker", Logging.Format.TEXT);
    Worker worker = new Worker(Connector.to(server), "ann", 1, List.of(folder));
    LinkException end = assertThrows(LinkException.class, worker::run);
    Logging.warningsOnly();
    assertTrue(end.getMessage().startsWith(words), end::getMessage);
    String text = Files.readString(log);
    assertFalse(text.contains("\tat "), text);
    assertEquals(1, text.lines().filter(line -> line.contains(words)).count(), text);
  }
}
