package io.cordee.server.grpc;

import io.cordee.common.job.Columns;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.TableEncoding;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Differs;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Grant;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.Permit;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.observe.Traffic.Encoding;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Training;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.BitSet;
import java.util.List;

/**
 * Deals with what workers say: refuses what is malformed or was not asked for, and turns the rest
 * into calls of the training. Proto types end here.
 */
final class WorkerMessages {

  private static final int MOST_THREADS = 4096;

  /** So that rows times partitions stay within 64 bits. */
  private static final long MOST_ROWS = 1L << 42;

  private static final int LONGEST_ARITHMETIC = 100;
  private static final int LONGEST_FAILURE = 1000;

  private final GrpcTeam<?> team;
  private final Part part;
  private final ContributionReader contributions;

  WorkerMessages(GrpcTeam<?> team, Part part, ContributionReader contributions) {
    this.team = team;
    this.part = part;
    this.contributions = contributions;
  }

  void received(WorkerStream stream, Frame<WorkerMessage> frame) {
    try {
      check(stream, frame);
    } catch (StatusRuntimeException e) {
      stream.end(e.getStatus());
      return;
    }
    WorkerMessage message = frame.message();
    if (message.getBodyCase() == WorkerMessage.BodyCase.HELLO) {
      team.hello(stream, message.getHello());
      stream.takeAnother();
      return;
    }
    WorkerId worker = stream.worker().orElseThrow();
    stream.line().heard();
    if (message.getBodyCase() == WorkerMessage.BodyCase.CONTRIBUTION) {
      count(stream, message.getContribution(), frame.payload().size());
      List<Contribution> read = contributions.read(message.getContribution(), frame.received());
      ChunkThreads.run(
          frame.payload().size(),
          () -> {
            try {
              team.perform(training -> training.contributed(worker, read));
            } finally {
              stream.takeAnother();
            }
          });
      return;
    }
    dealWith(stream, worker, message);
    stream.takeAnother();
  }

  /** A node's rows are the same in each of its chunks; they are counted with shard 0's first. */
  private void count(WorkerStream stream, io.cordee.proto.v1.Contribution header, int bytes) {
    Encoding encoding = Encoding.valueOf(header.getEncoding().name());
    long rows = header.getChunk() == 0 ? contributions.rows(header) : 0;
    int chunks = ContributionReader.count(header);
    int sent = stream.isInside() ? 0 : bytes; // within a process they meet no network
    stream.line().received(encoding, chunks, sent, header.getVersion(), rows);
  }

  private void dealWith(WorkerStream stream, WorkerId worker, WorkerMessage message) {
    switch (message.getBodyCase()) {
      case DATA_FOUND -> {
        DataFound found = message.getDataFound();
        String arithmetic = OutsideText.printable(found.getArithmetic(), LONGEST_ARITHMETIC);
        Columns columns =
            new Columns(
                found.getColumns(),
                found.getTargets(),
                encoding(found),
                found.getClasses(),
                found.getSplit());
        int room = found.getRoom() == 0 ? contributions.partitions() : found.getRoom();
        var data =
            new Training.DataFound(rows(found), arithmetic, columns, stream.takeSums(), room);
        team.run(training -> training.foundData(worker, data));
      }
      case ROW_CHECKSUMS -> stream.sums.addAll(message.getRowChecksums().getChecksumsList());
      case PREPARED ->
          team.run(training -> training.prepared(worker, message.getPrepared().getPlan()));
      case EVALUATED -> {
        Evaluated e = message.getEvaluated();
        Tally tally = MeasuresReader.tally(e.getTally());
        team.run(training -> training.evaluated(worker, e.getVersion(), e.getSlice(), tally));
      }
      case DIFFERS -> {
        Differs differs = message.getDiffers();
        int chunk = part.own(differs.getChunk());
        team.run(training -> training.differs(worker, differs.getVersion(), chunk));
      }
      case HEARTBEAT -> team.run(training -> training.heard(worker));
      case PERMIT -> {
        Grant grant = opened(stream, message.getPermit());
        BitSet partitions = new BitSet();
        grant.getPartitionsList().forEach(partitions::set);
        stream.partitions.add(grant.getVersion(), partitions);
        team.run(training -> training.permitted(worker, grant.getRows()));
      }
      case FAILURE -> {
        String why = OutsideText.printable(message.getFailure().getMessage(), LONGEST_FAILURE);
        boolean isForAll = message.getFailure().getForAll();
        team.run(
            training -> {
              if (isForAll) {
                training.failedForAll(worker, why);
              } else {
                training.failed(worker, why);
              }
            });
      }
      case GOODBYE -> {
        team.run(training -> training.left(worker, "it said goodbye"));
        stream.end(Status.OK);
      }
      default -> throw new IllegalStateException("a message that was not refused");
    }
  }

  // ---- what is refused without knowing how far the training is ----

  private void check(WorkerStream stream, Frame<WorkerMessage> frame) {
    WorkerMessage message = frame.message();
    int size = message.getSerializedSize() + frame.payload().size();
    if (size > Connections.MAX_MESSAGE) {
      throw Peer.refused(
          Status.RESOURCE_EXHAUSTED,
          "a message has at most %d bytes; found %d",
          Connections.MAX_MESSAGE,
          size);
    }
    boolean hasGreeted = stream.worker().isPresent();
    if (!hasGreeted && !message.hasHello()) {
      throw Peer.unfit("the first message is Hello; found %s", message.getBodyCase());
    }
    if (!part.shard().leads() && isForShard0(message)) {
      throw Peer.invalid("this message is for shard 0; this shard takes contributions only");
    }
    switch (message.getBodyCase()) {
      case HELLO -> check(hasGreeted, message.getHello());
      case DATA_FOUND -> check(message.getDataFound(), stream.sums.size());
      case ROW_CHECKSUMS ->
          check(stream.sums.size() + message.getRowChecksums().getChecksumsCount());
      case CONTRIBUTION -> check(stream, message.getContribution(), frame.payload().size());
      case EVALUATED -> {
        int slice = message.getEvaluated().getSlice();
        stream.slices.check(message.getEvaluated().getVersion(), slice, slice + 1);
      }
      case PERMIT -> opened(stream, message.getPermit());
      case DIFFERS -> {
        if (part.shard().leads() && !stream.hasBeenAsked()) {
          throw Peer.invalid("this worker has not been sent any chunk that could differ");
        }
      }
      case BODY_NOT_SET -> throw Peer.invalid("a message without a body that is known here");
      default -> {}
    }
  }

  private static void check(boolean hasGreeted, Hello hello) {
    if (hasGreeted) {
      throw Peer.unfit("a second Hello on one stream");
    }
    Peer.checkVersion("worker", hello.getProtocol(), hello.getVersion());
    if (hello.getThreads() < 1 || hello.getThreads() > MOST_THREADS) {
      throw Peer.invalid("threads must be 1 to %d; found %d", MOST_THREADS, hello.getThreads());
    }
  }

  private static TableEncoding encoding(DataFound found) {
    try {
      return TableEncoding.parse(found.getEncoding());
    } catch (IllegalArgumentException e) {
      throw Peer.invalid("encoding of columns: %s", e.getMessage());
    }
  }

  /** There are no more slices of validation or test rows than partitions. */
  private void check(int checksums) {
    if (checksums > 3L * contributions.partitions()) {
      throw Peer.invalid(
          "expected at most one checksum of rows for each of %d partitions and their slices; found %d",
          contributions.partitions(), checksums);
    }
  }

  private static RowCounts rows(DataFound found) {
    return new RowCounts(found.getTrainRows(), found.getValidationRows(), found.getTestRows());
  }

  private void check(DataFound found, int checksums) {
    if (found.getTrainRows() < 1 || found.getTrainRows() > MOST_ROWS) {
      throw Peer.invalid(
          "training rows must be 1 to %d; found %d", MOST_ROWS, found.getTrainRows());
    }
    if (found.getValidationRows() < 0 || found.getValidationRows() > MOST_ROWS) {
      throw Peer.invalid(
          "validation rows must be 0 to %d; found %d", MOST_ROWS, found.getValidationRows());
    }
    if (found.getTestRows() < 0 || found.getTestRows() > MOST_ROWS) {
      throw Peer.invalid("test rows must be 0 to %d; found %d", MOST_ROWS, found.getTestRows());
    }
    for (String names :
        List.of(found.getColumns(), found.getTargets(), found.getClasses(), found.getSplit())) {
      if (names.length() > Columns.LONGEST) {
        throw Peer.invalid(
            "names of columns take at most %d characters; found %d",
            Columns.LONGEST, names.length());
      }
    }
    encoding(found);
    int partitions = contributions.partitions();
    int expected = partitions + rows(found).slices(partitions).count();
    if (checksums != expected) {
      throw Peer.invalid(
          "expected RowChecksums before DataFound, %d in all: one for each of %d partitions and %d slices; found %d",
          expected, partitions, expected - partitions, checksums);
    }
    if (found.getRoom() < 0) {
      throw Peer.invalid("room must be at least 0; found %d", found.getRoom());
    }
  }

  private void check(WorkerStream stream, io.cordee.proto.v1.Contribution header, int bytes) {
    contributions.check(header, bytes);
    ReductionTree.Span span = contributions.span(header);
    stream.partitions.check(header.getVersion(), span.from(), span.to());
  }

  private Grant opened(WorkerStream stream, Permit permit) {
    if (part.shard().leads()) {
      throw Peer.invalid("a permit is for the shards other than 0");
    }
    return team.seal.orElseThrow().open(permit, stream.worker().orElseThrow().name());
  }

  private static boolean isForShard0(WorkerMessage message) {
    return message.hasDataFound()
        || message.hasRowChecksums()
        || message.hasPrepared()
        || message.hasEvaluated()
        || message.hasFailure();
  }
}
