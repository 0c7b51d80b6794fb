package io.cordee.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.v1.Grant;
import io.cordee.proto.v1.Permit;
import io.grpc.StatusRuntimeException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals what shard 0 grants a worker, for the other shards. The worker itself brings it there, so
 * that it arrives before what it permits, in whatever order connections deliver; and cannot make it
 * up, as only shards know the key.
 */
public final class Seal {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;

  private final ByteString key;

  Seal(ByteString key) {
    this.key = key;
  }

  /** One with a new key. */
  public static Seal random() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return new Seal(ByteString.copyFrom(key));
  }

  ByteString key() {
    return key;
  }

  Permit seal(Grant grant) {
    ByteString bytes = grant.toByteString();
    return Permit.newBuilder().setSealed(hash(bytes).concat(bytes)).build();
  }

  /**
   * @param worker who brings it
   * @throws StatusRuntimeException if it was not sealed with this key, or not for this worker
   */
  Grant open(Permit permit, String worker) {
    ByteString sealed = permit.getSealed();
    int end = Math.min(BYTES, sealed.size());
    ByteString bytes = sealed.substring(end);
    if (MessageDigest.isEqual(hash(bytes).toByteArray(), sealed.substring(0, end).toByteArray())) {
      try {
        Grant grant = Grant.parseFrom(bytes);
        if (OutsideText.name(grant.getWorker()).equals(worker)) {
          return grant;
        }
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("sealed with the key of this job, but not a grant", e);
      }
    }
    throw Peer.invalid("expected a permit that shard 0 gave %s; found another one", worker);
  }

  private ByteString hash(ByteString bytes) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key.toByteArray(), ALGORITHM));
      return ByteString.copyFrom(mac.doFinal(bytes.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
