package io.cordee.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.v1.Grant;
import io.grpc.StatusRuntimeException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals what shard 0 grants a worker, for the other shards. The worker itself brings it there, so
 * that it arrives before what it permits, whatever the order of delivery; it cannot forge it, as
 * only shards know the key.
 */
public final class Seal {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;

  final ByteString key;

  Seal(ByteString key) {
    this.key = key;
  }

  static Seal random() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return new Seal(ByteString.copyFrom(key));
  }

  ByteString seal(Grant grant) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key.toByteArray(), ALGORITHM));
      ByteString hash = ByteString.copyFrom(mac.doFinal(grant.toByteArray()));
      return hash.concat(grant.toByteString());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @throws StatusRuntimeException if it was not sealed with this key, or not for this worker
   */
  Grant open(ByteString found, String worker) {
    try {
      Grant grant = Grant.parseFrom(found.substring(Math.min(BYTES, found.size())));
      if (MessageDigest.isEqual(seal(grant).toByteArray(), found.toByteArray())
          && OutsideText.name(grant.getWorker()).equals(worker)) {
        return grant;
      }
    } catch (InvalidProtocolBufferException e) {
      // Refused below.
    }
    throw Peer.invalid("expected a permit that shard 0 gave %s; found another one", worker);
  }
}
