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

/** The ways in which a server is attacked; each a function of its seed. */
enum Attack {

  /** Messages of random bytes. */
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

  /** Messages that are too large, or even too large to be read: gRPC resets such a stream. */
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

  /** Messages whose fields hold something extreme, in any order. */
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

  /** A worker that is part of the team, and then sends what cannot be. */
  INSIDER(4) {
    @Override
    void run(Random random, Target target) throws Exception {
      Insider.join(random, target).offend();
    }
  },

  /** Thousands of messages, without reading what is answered. */
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

  /** One that says hello and never reads, for a while. */
  DEAF(2) {
    @Override
    void run(Random random, Target target) {
      HostileStream stream = target.any(random).train(Reading.NEVER);
      stream.say(Forge.hello("deaf"));
      target.leaveOpen(stream);
    }
  },

  /** One that opens a stream and never says anything. */
  MUTE(2) {
    @Override
    void run(Random random, Target target) {
      target.leaveOpen(target.any(random).train(Reading.ALWAYS));
    }
  },

  /** Streams that are cancelled at any point. */
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

  /** What comes behind a goodbye. */
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

  /** Other methods than there are, or than this server has. */
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

  /** What is no HTTP/2, or not as it should be. */
  RAW(9) {
    @Override
    void run(Random random, Target target) throws Exception {
      new RawAttack(random, target.port(random)).run();
    }
  },

  /** What no shard says, or not at this time, or not twice. */
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

  /** That there is no such thing here, that its place is taken, or that the job is under way. */
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

  /** Mostly one that says hello first; under a name that others have, too. */
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

  /** Who goes on sending when its stream has ended may find its connection ended, too. */
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
