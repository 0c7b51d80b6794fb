package io.cordee.server.grpc;

import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.message.WorkerCodec;
import io.cordee.proto.message.WorkerSays;
import io.cordee.proto.v1.Grant;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.observe.Traffic.Encoding;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Handles workers' messages: refuses malformed and unsolicited ones, and passes the rest to the
 * training. Contributions go from the socket to a pooled array.
 */
final class WorkerMessages {

  /**
   * Rows of a table lie apart and may have steps to catch up: so much more work than as many bytes.
   */
  private static final int WORK_OF_ROWS = 8;

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
      checkSize(frame);
      if (stream.worker().isEmpty() && !frame.message().hasHello()) {
        throw Peer.outOfTurn("the first message is Hello; found %s", frame.message().getBodyCase());
      }
      if (frame.message().hasContribution()) {
        Optional<Holding> holding =
            stream.holdings.numbered(frame.message().getContribution().getHolding());
        if (holding.isPresent()) {
          check(stream, frame, holding.get());
          contributed(stream, frame, holding.get());
        } else {
          stream.takeAnother(); // of a round that is over
        }
        return;
      }
      dealWith(stream, checked(stream, frame.message()));
    } catch (StatusRuntimeException e) {
      stream.end(Peer.advised(e.getStatus()));
    }
  }

  private static void checkSize(Frame<WorkerMessage> frame) {
    int size = frame.message().getSerializedSize() + frame.payload().size();
    if (size > Connections.MAX_MESSAGE) {
      throw Peer.refused(
          Status.RESOURCE_EXHAUSTED,
          "a message has at most %d bytes; found %d",
          Connections.MAX_MESSAGE,
          size);
    }
  }

  // ---- contributions ----

  private void check(WorkerStream stream, Frame<WorkerMessage> frame, Holding holding) {
    io.cordee.proto.v1.Contribution header = frame.message().getContribution();
    contributions.check(header, frame.payload().size(), holding);
    ReductionTree.Span span = contributions.span(header);
    stream.partitions.check(header.getVersion(), span.from(), span.to());
  }

  private void contributed(WorkerStream stream, Frame<WorkerMessage> frame, Holding holding) {
    io.cordee.proto.v1.Contribution header = frame.message().getContribution();
    WorkerId worker = stream.worker().orElseThrow();
    stream.line().heard();
    count(stream, header, frame.payload().size());
    List<Contribution> read = contributions.read(header, frame.received(), holding);
    ChunkThreads.run(
        frame.payload().size() * (holding.isOfAll() ? 1 : WORK_OF_ROWS),
        () -> {
          try {
            team.perform(training -> training.contributed(worker, read));
          } finally {
            stream.takeAnother();
          }
        });
  }

  /** A node's rows are the same in each of its chunks; they are counted with shard 0's first. */
  private void count(WorkerStream stream, io.cordee.proto.v1.Contribution header, int bytes) {
    Encoding encoding = Encoding.valueOf(header.getEncoding().name());
    long rows = header.getChunk() == 0 ? contributions.rows(header) : 0;
    int chunks = ContributionReader.count(header);
    int sent = stream.isInside() ? 0 : bytes; // within a process they meet no network
    stream.line().received(encoding, chunks, sent, header.getVersion(), rows);
  }

  // ---- what else they say ----

  private void dealWith(WorkerStream stream, WorkerSays said) {
    if (said instanceof WorkerSays.Hello hello) {
      team.hello(stream, hello);
      stream.takeAnother();
      return;
    }
    WorkerId worker = stream.worker().orElseThrow();
    stream.line().heard();
    if (said instanceof WorkerSays.RowChecksums checksums) {
      stream.keep(checksums.sums());
    } else if (said instanceof WorkerSays.DataFound found) {
      WorkerSays whole = found.with(stream.takeSums()); // the training may hear of it later
      team.run(training -> training.heard(worker, whole));
    } else if (said instanceof WorkerSays.Permit permit) {
      Grant grant = opened(stream, permit);
      BitSet partitions = new BitSet();
      grant.getPartitionsList().forEach(partitions::set);
      stream.partitions.add(grant.getVersion(), partitions);
      stream.isPlanned = true;
      team.run(training -> training.permitted(worker, grant.getRows()));
    } else if (said instanceof WorkerSays.Holds holds) {
      stream.holdings.add(holds);
      team.limitHoldings();
      if (!holds.isMore()) {
        stream.discardChunks(holds.version()); // they are sent again
        team.run(training -> training.heard(worker, said));
      }
    } else if (said instanceof WorkerSays.Differs differs) {
      var here = new WorkerSays.Differs(differs.version(), part.own(differs.chunk()));
      team.run(training -> training.heard(worker, here));
    } else if (said instanceof WorkerSays.Goodbye goodbye) {
      String why = goodbye.reason().isEmpty() ? "it said goodbye" : goodbye.reason();
      team.run(training -> training.left(worker, why));
      stream.end(Status.OK);
    } else if (said instanceof WorkerSays.Prepared
        || said instanceof WorkerSays.Evaluated
        || said instanceof WorkerSays.Heartbeat
        || said instanceof WorkerSays.Failure) {
      team.run(training -> training.heard(worker, said));
    } else {
      throw new IllegalStateException("no case for " + said);
    }
    stream.takeAnother();
  }

  /** Refuses what can be refused without the state of the training. */
  private WorkerSays checked(WorkerStream stream, WorkerMessage message) {
    WorkerSays said;
    try {
      said = WorkerCodec.read(message);
    } catch (IllegalArgumentException e) {
      throw Peer.invalid("%s", e.getMessage());
    }
    boolean leads = part.shard().leads();
    if (!leads && isForShard0(said)) {
      throw Peer.invalid("this message is for shard 0; this shard takes contributions only");
    }
    if (said instanceof WorkerSays.Hello hello) {
      if (stream.worker().isPresent()) {
        throw Peer.outOfTurn("a second Hello on one stream");
      }
      Peer.checkVersion("worker", hello.protocol(), hello.version());
    } else if (said instanceof WorkerSays.RowChecksums checksums) {
      check(stream.sums.size() + checksums.sums().remaining());
    } else if (said instanceof WorkerSays.DataFound found) {
      check(found, stream.sums.size());
    } else if (said instanceof WorkerSays.Evaluated evaluated) {
      stream.slices.check(evaluated.version(), evaluated.slice(), evaluated.slice() + 1);
    } else if (said instanceof WorkerSays.Holds && !stream.isPlanned) {
      throw Peer.outOfTurn(
          "this worker has no partitions to hold rows for; send Holds after Prepare, and to other shards after its Permit");
    } else if (said instanceof WorkerSays.Permit && leads) {
      throw Peer.invalid("a permit is for the shards other than 0");
    } else if (said instanceof WorkerSays.Differs && leads && !stream.hasBeenAsked()) {
      throw Peer.invalid("this worker has not been sent any chunk that could differ");
    }
    return said;
  }

  /** There are no more slices of validation or test rows than partitions. */
  private void check(int checksums) {
    if (checksums > 3L * contributions.partitions()) {
      throw Peer.invalid(
          "expected at most one checksum of rows for each of %d partitions and their slices; found %d",
          contributions.partitions(), checksums);
    }
  }

  private void check(WorkerSays.DataFound found, int checksums) {
    int partitions = contributions.partitions();
    int expected = partitions + found.rows().slices(partitions).count();
    if (checksums != expected) {
      throw Peer.invalid(
          "expected RowChecksums before DataFound, %d in all: one for each of %d partitions and %d slices; found %d",
          expected, partitions, expected - partitions, checksums);
    }
  }

  private Grant opened(WorkerStream stream, WorkerSays.Permit permit) {
    String worker = stream.worker().orElseThrow().name();
    return team.seal.orElseThrow().open(permit.sealed(), worker);
  }

  private static boolean isForShard0(WorkerSays said) {
    return said instanceof WorkerSays.DataFound
        || said instanceof WorkerSays.RowChecksums
        || said instanceof WorkerSays.Prepared
        || said instanceof WorkerSays.Evaluated
        || said instanceof WorkerSays.Failure;
  }
}
