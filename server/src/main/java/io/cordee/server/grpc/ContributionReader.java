package io.cordee.server.grpc;

import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Tally;
import io.cordee.common.model.Words;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.RowHolding;
import io.cordee.common.wire.GradientFormat;
import io.cordee.proto.frame.ReceivedPayload;
import io.cordee.proto.message.TallyCodec;
import io.cordee.proto.v1.Contribution.Encoding;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.round.SparseContribution;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks and decodes the contributions that workers send. */
public final class ContributionReader {

  private final Part part;
  private final Chunks chunks;
  private final ReductionTree tree;
  private final BufferPool buffers;
  private final GradientFormat format;
  private final Optional<LocalSteps> local;
  private final Encoding encoding;

  /**
   * @param chunks of this part
   * @param buffers where arrays come from; the consumer of a contribution returns its array
   * @param local what the job's partitions do by themselves
   */
  public ContributionReader(
      Part part,
      Chunks chunks,
      ReductionTree tree,
      BufferPool buffers,
      GradientFormat format,
      Optional<LocalSteps> local) {
    this.part = part;
    this.chunks = chunks;
    this.tree = tree;
    this.buffers = buffers;
    this.format = format;
    this.local = local;
    this.encoding = Encoding.valueOf(format.name());
  }

  /**
   * @param bytes of data under the header
   * @param holding what the worker holds
   * @throws StatusRuntimeException if they cannot be decoded
   */
  void check(io.cordee.proto.v1.Contribution header, int bytes, Holding holding) {
    if (header.getEncoding() != encoding) {
      throw Peer.invalid(
          "contributions to this job are encoded as %s; found %s", Words.of(format), name(header));
    }
    int first = part.own(header.getChunk());
    if (first < 0 || first >= chunks.count()) {
      throw Peer.invalid(
          "chunk must be %d to %d; found %d",
          part.onWire(0), part.onWire(chunks.count() - 1), header.getChunk());
    }
    int count = count(header);
    if (count < 1 || count > chunks.count() - first) {
      throw Peer.invalid(
          "chunks must be 1 to %d from chunk %d on; found %d",
          chunks.count() - first, header.getChunk(), header.getChunks());
    }
    if (!tree.contains(header.getNode())) {
      throw Peer.invalid(
          "no node %d in a tree over %d partitions", header.getNode(), tree.partitions());
    }
    long floats = 0;
    long expected = 0;
    for (int chunk = first; chunk < first + count; chunk++) {
      floats += holding.size(chunk) + extraFloats(chunk);
      expected += format.bytes(holding.size(chunk)) + format.bytes(extraFloats(chunk));
    }
    if (bytes != expected) {
      throw Peer.invalid(
          "%s %d floats, in %d bytes as %s; found %d bytes",
          count == 1
              ? "chunk " + header.getChunk() + " has"
              : "chunks " + header.getChunk() + " to " + part.onWire(first + count - 1) + " have",
          floats,
          expected,
          Words.of(format),
          bytes);
    }
  }

  static int count(io.cordee.proto.v1.Contribution header) {
    return header.getChunks() == 0 ? 1 : header.getChunks();
  }

  int partitions() {
    return tree.partitions();
  }

  /** Call {@link #check} first. */
  ReductionTree.Span span(io.cordee.proto.v1.Contribution header) {
    return tree.span(header.getNode());
  }

  /** The rows whose gradients are in what may yet turn out to be wrong. */
  long rows(io.cordee.proto.v1.Contribution header) {
    return local.isPresent() && tree.contains(header.getNode())
        ? span(header).size() * local.get().rowsPerRound()
        : header.getTally().getRows();
  }

  private static String name(io.cordee.proto.v1.Contribution header) {
    return header.getEncoding() == Encoding.UNRECOGNIZED
        ? "encoding " + header.getEncodingValue() + ", which is not known here"
        : Words.of(header.getEncoding());
  }

  private int extraFloats(int chunk) {
    return chunks.contributionSize(chunk) - chunks.size(chunk);
  }

  /** One contribution for each chunk; call {@link #check} first. */
  List<Contribution> read(
      io.cordee.proto.v1.Contribution header, ReceivedPayload data, Holding holding) {
    int first = part.own(header.getChunk());
    Tally tally = TallyCodec.readCounts(header.getTally());
    List<Contribution> read = new ArrayList<>();
    for (int chunk = first; chunk < first + count(header); chunk++) {
      read.add(contribution(header, chunk, tally, data, holding));
    }
    return read;
  }

  private Contribution contribution(
      io.cordee.proto.v1.Contribution header,
      int chunk,
      Tally tally,
      ReceivedPayload data,
      Holding holding) {
    int version = header.getVersion();
    int node = header.getNode();
    if (holding instanceof RowHolding rows) {
      float[] sums = new float[holding.size(chunk)];
      read(chunk, data, sums);
      return new SparseContribution(version, node, chunk, tally, sums, rows.part(chunk));
    }
    float[] sums = buffers.take(chunks.contributionSize(chunk));
    read(chunk, data, sums);
    return new DenseContribution(version, node, chunk, tally, sums);
  }

  private void read(int chunk, ReceivedPayload data, float[] sums) {
    if (format == GradientFormat.FLOAT32) {
      data.read(sums, 0, sums.length); // straight out of the socket's buffers
    } else {
      int more = extraFloats(chunk);
      int size = sums.length - more;
      byte[] bytes = new byte[format.bytes(size) + format.bytes(more)];
      data.read(bytes);
      format.decode(bytes, 0, sums, 0, size);
      format.decode(bytes, format.bytes(size), sums, size, more);
    }
  }
}
