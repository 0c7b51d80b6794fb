package io.cordee.proto.message;

import com.google.protobuf.ByteString;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Differs;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Heartbeat;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.Holds;
import io.cordee.proto.v1.Permit;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.RowChecksums;
import io.cordee.proto.v1.WorkerMessage;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Writes and reads what a worker says. Reading checks what can be checked without knowing the job
 * and what was said before.
 */
public final class WorkerCodec {

  private static final int MOST_THREADS = 4096;

  /** So that rows times partitions stay within 64 bits. */
  private static final long MOST_ROWS = 1L << 42;

  /** Checksums of a message. */
  private static final int CHECKSUMS = 1 << 13;

  /** Rows of a table in a message. */
  private static final int ROWS = 1 << 16;

  private static final int LONGEST_ARITHMETIC = 100;
  private static final int LONGEST_FAILURE = 1000;

  private WorkerCodec() {}

  /** The message; what a worker finds in its data may take several. */
  public static List<WorkerMessage> write(WorkerSays said) {
    List<WorkerMessage> messages = new ArrayList<>();
    if (said instanceof WorkerSays.DataFound found) {
      LongBuffer left = found.sums().duplicate();
      while (left.hasRemaining()) {
        int count = Math.min(CHECKSUMS, left.remaining());
        messages.add(message(new WorkerSays.RowChecksums(left.slice(left.position(), count))));
        left.position(left.position() + count);
      }
    }
    if (said instanceof WorkerSays.Holds holds) {
      IntBuffer left = holds.rows().duplicate();
      for (; left.remaining() > ROWS; left.position(left.position() + ROWS)) {
        IntBuffer some = left.slice(left.position(), ROWS);
        messages.add(message(new WorkerSays.Holds(holds.number(), holds.version(), some, true)));
      }
      said = new WorkerSays.Holds(holds.number(), holds.version(), left.slice(), holds.isMore());
    }
    messages.add(message(said));
    return messages;
  }

  private static WorkerMessage message(WorkerSays said) {
    WorkerMessage.Builder to = WorkerMessage.newBuilder();
    if (said instanceof WorkerSays.Hello hello) {
      to.setHello(
          Hello.newBuilder()
              .setProtocol(hello.protocol())
              .setVersion(hello.version())
              .setName(hello.name())
              .setThreads(hello.threads())
              .setHost(hello.host()));
    } else if (said instanceof WorkerSays.RowChecksums some) {
      RowChecksums.Builder checksums = RowChecksums.newBuilder();
      for (LongBuffer left = some.sums().duplicate(); left.hasRemaining(); ) {
        checksums.addChecksums(left.get());
      }
      to.setRowChecksums(checksums);
    } else if (said instanceof WorkerSays.DataFound found) {
      to.setDataFound(dataFound(found));
    } else if (said instanceof WorkerSays.Prepared prepared) {
      to.setPrepared(Prepared.newBuilder().setPlan(prepared.plan()));
    } else if (said instanceof WorkerSays.Holds holds) {
      Holds.Builder rows = Holds.newBuilder().setNumber(holds.number()).setMore(holds.isMore());
      holds.version().ifPresent(rows::setVersion);
      int before = 0;
      for (int row : holds.array()) {
        rows.addSteps(row - before);
        before = row;
      }
      to.setHolds(rows);
    } else if (said instanceof WorkerSays.Permit permit) {
      ByteString sealed = ByteString.copyFrom(permit.sealed().duplicate());
      to.setPermit(Permit.newBuilder().setSealed(sealed));
    } else if (said instanceof WorkerSays.Evaluated evaluated) {
      to.setEvaluated(
          Evaluated.newBuilder()
              .setVersion(evaluated.version())
              .setSlice(evaluated.slice())
              .setTally(TallyCodec.write(evaluated.tally())));
    } else if (said instanceof WorkerSays.Differs differs) {
      to.setDiffers(Differs.newBuilder().setVersion(differs.version()).setChunk(differs.chunk()));
    } else if (said instanceof WorkerSays.Heartbeat) {
      to.setHeartbeat(Heartbeat.getDefaultInstance());
    } else if (said instanceof WorkerSays.Failure failure) {
      to.setFailure(
          Failure.newBuilder().setMessage(failure.message()).setForAll(failure.isForAll()));
    } else if (said instanceof WorkerSays.Goodbye goodbye) {
      to.setGoodbye(Goodbye.newBuilder().setReason(goodbye.reason()));
    } else {
      throw new IllegalStateException("no case for " + said);
    }
    return to.build();
  }

  private static DataFound.Builder dataFound(WorkerSays.DataFound found) {
    RowCounts rows = found.rows();
    Columns columns = found.columns();
    return DataFound.newBuilder()
        .setTrainRows(rows.train())
        .setValidationRows(rows.validation())
        .setTestRows(rows.test())
        .setArithmetic(found.arithmetic())
        .setColumns(columns.features())
        .setTargets(columns.targets())
        .setEncoding(columns.encoding().toText())
        .setClasses(columns.classes())
        .setSplit(columns.split())
        .setRoom(found.room());
  }

  /**
   * Reads a message other than a contribution.
   *
   * @throws IllegalArgumentException if it is invalid
   */
  public static WorkerSays read(WorkerMessage message) {
    return switch (message.getBodyCase()) {
      case HELLO -> read(message.getHello());
      case ROW_CHECKSUMS ->
          new WorkerSays.RowChecksums(
              LongBuffer.wrap(TallyCodec.longs(message.getRowChecksums().getChecksumsList())));
      case DATA_FOUND -> read(message.getDataFound());
      case PREPARED -> new WorkerSays.Prepared(message.getPrepared().getPlan());
      case PERMIT -> new WorkerSays.Permit(message.getPermit().getSealed().asReadOnlyByteBuffer());
      case HOLDS -> read(message.getHolds());
      case EVALUATED -> {
        Evaluated evaluated = message.getEvaluated();
        yield new WorkerSays.Evaluated(
            evaluated.getVersion(), evaluated.getSlice(), TallyCodec.read(evaluated.getTally()));
      }
      case DIFFERS ->
          new WorkerSays.Differs(
              message.getDiffers().getVersion(), message.getDiffers().getChunk());
      case HEARTBEAT -> new WorkerSays.Heartbeat();
      case FAILURE ->
          new WorkerSays.Failure(
              OutsideText.printable(message.getFailure().getMessage(), LONGEST_FAILURE),
              message.getFailure().getForAll());
      case GOODBYE ->
          new WorkerSays.Goodbye(
              OutsideText.printable(message.getGoodbye().getReason(), LONGEST_FAILURE));
      default -> throw new IllegalArgumentException("a message without a body that is known here");
    };
  }

  private static WorkerSays.Hello read(Hello hello) {
    within(1, hello.getThreads(), MOST_THREADS, "threads");
    return new WorkerSays.Hello(
        hello.getProtocol(),
        hello.getVersion(),
        hello.getName(),
        hello.getThreads(),
        hello.getHost());
  }

  private static WorkerSays.Holds read(Holds holds) {
    int[] rows = new int[holds.getStepsCount()];
    long row = 0;
    for (int i = 0; i < rows.length; i++) {
      long step = Integer.toUnsignedLong(holds.getSteps(i));
      row += step;
      if (row > Integer.MAX_VALUE || i > 0 && step == 0) {
        throw new IllegalArgumentException("rows of a table rise, up to 2^31 - 1; found " + row);
      }
      rows[i] = (int) row;
    }
    OptionalInt version =
        holds.hasVersion()
            ? OptionalInt.of(ServerCodec.atLeast(0, holds.getVersion(), "version"))
            : OptionalInt.empty();
    return new WorkerSays.Holds(holds.getNumber(), version, IntBuffer.wrap(rows), holds.getMore());
  }

  private static WorkerSays.DataFound read(DataFound found) {
    within(1, found.getTrainRows(), MOST_ROWS, "training rows");
    within(0, found.getValidationRows(), MOST_ROWS, "validation rows");
    within(0, found.getTestRows(), MOST_ROWS, "test rows");
    within(0, found.getRoom(), Integer.MAX_VALUE, "room");
    for (String names :
        List.of(found.getColumns(), found.getTargets(), found.getClasses(), found.getSplit())) {
      if (names.length() > Columns.LONGEST) {
        throw new IllegalArgumentException(
            "names of columns take at most %d characters; found %d"
                .formatted(Columns.LONGEST, names.length()));
      }
    }
    return new WorkerSays.DataFound(
        new RowCounts(found.getTrainRows(), found.getValidationRows(), found.getTestRows()),
        OutsideText.printable(found.getArithmetic(), LONGEST_ARITHMETIC),
        new Columns(
            found.getColumns(),
            found.getTargets(),
            encoding(found),
            found.getClasses(),
            found.getSplit()),
        LongBuffer.allocate(0),
        found.getRoom() == 0 ? WorkerSays.DataFound.ALL : found.getRoom());
  }

  private static TableEncoding encoding(DataFound found) {
    try {
      return TableEncoding.parse(found.getEncoding());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("encoding of columns: " + e.getMessage());
    }
  }

  private static void within(long least, long found, long most, String what) {
    if (found < least || found > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d; found %d".formatted(what, least, most, found));
    }
  }
}
