package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.reduce.Shard;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.security.Access;
import io.cordee.proto.v1.Apply;
import io.cordee.proto.v1.FirstChunk;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.LeadWelcome;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.server.checkpoint.CheckpointStore;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shard's connection to a shard 0 that sends what the test says. */
@Timeout(60)
class LeadLinkTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CompletableFuture<StreamObserver<LeadMessage>> toShard = new CompletableFuture<>();
  private final CompletableFuture<Throwable> hungUp = new CompletableFuture<>();
  private final BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
  private Server lead;

  @AfterEach
  void stop() {
    lead.shutdownNow();
  }

  private LeadLink open() throws Exception {
    lead =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Lead())
            .build()
            .start();
    return LeadLink.open(
        new Dial("127.0.0.1", lead.getPort(), Access.OPEN),
        new Shard(1, 2),
        CheckpointStore.Kept.NONE,
        PATIENCE,
        why -> {},
        later::add);
  }

  private final class Lead extends ParameterServerGrpc.ParameterServerImplBase {
    @Override
    public StreamObserver<ShardMessage> follow(StreamObserver<LeadMessage> answers) {
      return new StreamObserver<>() {
        @Override
        public void onNext(ShardMessage message) {
          toShard.complete(answers);
        }

        @Override
        public void onError(Throwable cause) {
          hungUp.complete(cause);
        }

        @Override
        public void onCompleted() {
          hungUp.complete(new AssertionError("the shard ended the stream as if all were well"));
        }
      };
    }
  }

  @Test
  void anOrderThatCannotBeEndsTheStream() throws Exception {
    try (LeadLink link = open()) {
      Apply apply = Apply.newBuilder().setMeanLoss(Double.NaN).build();
      invite(link).onNext(LeadMessage.newBuilder().setApply(apply).build());
      assertEquals("CANCELLED: client cancelled", hungUp.get(20, TimeUnit.SECONDS).getMessage());
    }
  }

  private StreamObserver<LeadMessage> invite(LeadLink link) throws Exception {
    StreamObserver<LeadMessage> answers = toShard.get(20, TimeUnit.SECONDS);
    String job = JobFile.write(JobFile.defaultJob(List.of("model.layers=[64, 300, 10]")));
    answers.onNext(
        LeadMessage.newBuilder()
            .setWelcome(LeadWelcome.newBuilder().setJob(job).setRun("a"))
            .build());
    assertEquals("a", link.invitation(PATIENCE).run());
    return answers;
  }

  @Test
  void anAttemptThatFailedDoesNotBlockTheThreadOfTheNextOne() throws Exception {
    LeadLink link = open();
    invite(link).onError(new StatusRuntimeException(Status.UNAVAILABLE));
    Runnable toFollower = later.poll(20, TimeUnit.SECONDS);
    link.close();
    assertThrows(CancellationException.class, toFollower::run);
  }

  @Test
  void firstWeightsThatNobodyAwaitsEndTheStream() throws Exception {
    try (LeadLink link = open()) {
      StreamObserver<LeadMessage> answers = invite(link);
      FirstChunk unwanted =
          FirstChunk.newBuilder().setData(ByteString.copyFrom(new byte[8])).build();
      answers.onNext(LeadMessage.newBuilder().setFirst(unwanted).build());
      assertEquals("CANCELLED: client cancelled", hungUp.get(20, TimeUnit.SECONDS).getMessage());
    }
  }
}
