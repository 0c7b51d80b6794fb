package io.cordee.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.fuzz.HostileStream.Reading;
import io.grpc.CallOptions;
import io.grpc.Status;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;

/** Ways to attack a server, each a function of its seed. */
enum Attack {
  NOISE(10) {
    @Override
    void run(Random random, Target target) throws Exception {
      Forge forge = new Forge(random);
      HostileStream stream = stranger(random, target, Reading.ALWAYS);
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        int length = random.nextInt(300);
        stream.say(forge.noise(length));
      }
      expectFittingEnd(stream, random);
    }
  },

  /** Messages too large for the server, or even for gRPC, which then resets the stream. */
  LARGE(2) {
    @Override
    void run(Random random, Target target) throws Exception {
      try (Channels own = target.ofItsOwn(random)) {
        HostileStream stream = own.train(Reading.ALWAYS);
        stream.say(Forge.hello("large"));
        stream.say(new Forge(random).noise(random.nextInt(LARGEST_READ + (1 << 20))));
        stream.halfClose();
        Status status = stream.end();
        if (status.getCode() != Status.Code.CANCELLED) {
          expectFittingOrHungUp(status);
        }
      }
    }
  },

  /** Valid messages, damaged byte by byte. */
  DAMAGED(20) {
    @Override
    void run(Random random, Target target) throws Exception {
      Forge forge = new Forge(random);
      HostileStream stream = stranger(random, target, Reading.ALWAYS);
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        stream.say(forge.damaged(forge.any().build().toByteArray()));
      }
      expectFittingEnd(stream, random);
    }
  },

  /** Messages with extreme field values, in any order. */
  DISTORTED(30) {
    @Override
    void run(Random random, Target target) throws Exception {
      Forge forge = new Forge(random);
      HostileStream stream = stranger(random, target, Reading.ALWAYS);
      for (int i = 1 + random.nextInt(5); i > 0; i--) {
        WorkerMessage.Builder message = forge.any();
        if (random.nextInt(4) > 0) {
          forge.distort(message);
        }
        stream.say(message);
      }
      expectFittingEnd(stream, random);
    }
  },

  /** A team member that then sends invalid messages. */
  INSIDER(4) {
    @Override
    void run(Random random, Target target) throws Exception {
      Insider.join(random, target).offend();
    }
  },

  /** Thousands of messages, without reading the answers. */
  FLOOD(1) {
    @Override
    void run(Random random, Target target) throws Exception {
      WorkerMessage message = new Forge(random).anyToFlood().build();
      try (Channels own = target.ofItsOwn(random)) {
        HostileStream stream = own.train(Reading.NEVER);
        stream.say(Forge.hello("flood"));
        for (int i = 200 + random.nextInt(2000); i > 0 && !stream.hasEnded(); i--) {
          stream.say(message);
        }
        stream.halfClose();
        expectFittingOrHungUp(stream.end());
      }
    }
  },

  /** Says hello and does not read for a while. */
  DEAF(2) {
    @Override
    void run(Random random, Target target) {
      HostileStream stream = target.any(random).train(Reading.NEVER);
      stream.say(Forge.hello("deaf"));
      target.leaveOpen(stream);
    }
  },

  MUTE(2) {
    @Override
    void run(Random random, Target target) {
      target.leaveOpen(target.any(random).train(Reading.ALWAYS));
    }
  },

  CANCELLED(15) {
    @Override
    void run(Random random, Target target) {
      Forge forge = new Forge(random);
      HostileStream stream = stranger(random, target, Reading.ALWAYS);
      for (int i = random.nextInt(4); i > 0; i--) {
        stream.say(forge.any());
      }
      stream.cancel();
    }
  },

  AFTER_GOODBYE(4) {
    @Override
    void run(Random random, Target target) throws Exception {
      Forge forge = new Forge(random);
      HostileStream stream = stranger(random, target, Reading.ALWAYS);
      stream.say(Forge.message().setGoodbye(Goodbye.getDefaultInstance()));
      for (int i = random.nextInt(4); i > 0; i--) {
        stream.say(forge.any());
      }
      expectFittingEnd(stream, random);
    }
  },

  OTHER_METHOD(3) {
    @Override
    void run(Random random, Target target) throws Exception {
      String[] methods = {
        "cordee.v1.ParameterServer/Untrain",
        "cordee.v2.ParameterServer/Train",
        "x/" + "y".repeat(random.nextInt(2000)),
      };
      HostileStream stream =
          target
              .any(random)
              .open(methods[random.nextInt(methods.length)], Reading.ALWAYS, CallOptions.DEFAULT);
      stream.say(new Forge(random).noise(random.nextInt(100)));
      assertEquals(Status.Code.UNIMPLEMENTED, stream.end().getCode());
    }
  },

  RAW(9) {
    @Override
    void run(Random random, Target target) throws Exception {
      new RawAttack(random, target.port(random)).run();
    }
  },

  /** Shard messages that are invalid, untimely or repeated. */
  SHARD(6) {
    @Override
    void run(Random random, Target target) throws Exception {
      Forge forge = new Forge(random);
      HostileStream stream =
          target
              .any(random)
              .open("cordee.v1.ParameterServer/Follow", Reading.ALWAYS, CallOptions.DEFAULT);
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        ShardMessage.Builder message = forge.anyOfAShard();
        if (random.nextBoolean()) {
          forge.distort(message);
        }
        byte[] bytes = message.build().toByteArray();
        stream.say(random.nextInt(4) == 0 ? forge.damaged(bytes) : bytes);
      }
      stream.halfClose();
      Status status = stream.end();
      if (!SHARDS_ARE_TOLD.contains(status.getCode())) {
        expectFitting(status);
      }
    }
  };

  /** No such service here, its place is taken, or the job is under way. */
  private static final Set<Status.Code> SHARDS_ARE_TOLD =
      EnumSet.of(Status.Code.UNIMPLEMENTED, Status.Code.ALREADY_EXISTS, Status.Code.UNAVAILABLE);

  private static final int LARGEST_READ = Connections.MAX_INBOUND;

  private static final Set<Status.Code> FITTING =
      EnumSet.of(
          Status.Code.OK,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.RESOURCE_EXHAUSTED);

  private final int weight;

  Attack(int weight) {
    this.weight = weight;
  }

  abstract void run(Random random, Target target) throws Exception;

  static Attack any(Random random) {
    int all = 0;
    for (Attack attack : values()) {
      all += attack.weight;
    }
    int at = random.nextInt(all);
    for (Attack attack : values()) {
      at -= attack.weight;
      if (at < 0) {
        return attack;
      }
    }
    throw new AssertionError();
  }

  /** Mostly after a hello, which may take another worker's name. */
  private static HostileStream stranger(Random random, Target target, Reading reading) {
    HostileStream stream = target.any(random).train(reading);
    if (random.nextInt(5) > 0) {
      stream.say(Forge.hello("eve-" + random.nextInt(3)));
    }
    return stream;
  }

  private static void expectFittingEnd(HostileStream stream, Random random) throws Exception {
    if (random.nextInt(10) == 0) {
      stream.cancel();
      return;
    }
    stream.halfClose();
    expectFitting(stream.end());
  }

  /** A client that sends after its stream has ended may lose its connection, too. */
  private static void expectFittingOrHungUp(Status status) {
    if (status.getCode() != Status.Code.UNAVAILABLE) {
      expectFitting(status);
    }
  }

  static void expectFitting(Status status) {
    assertTrue(FITTING.contains(status.getCode()), () -> "ended with " + status);
    if (!status.isOk()) {
      assertNotNull(status.getDescription(), () -> "no reason is given: " + status);
    }
  }
}
