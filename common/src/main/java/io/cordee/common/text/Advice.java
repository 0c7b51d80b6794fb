package io.cordee.common.text;

import java.util.Map;
import java.util.Optional;

/**
 * Words with which a message advises to set something outside the job. Usually they name an option
 * of the command. A program around Cordee has other names for it, or no such setting.
 */
public enum Advice {
  SET("--set ", ""),
  INIT(": cordee init %s --label COLUMN writes one", ""),
  PLUGINS("under --plugins", "on the class path"),
  VALIDATION(
      "add data.validation or data.split.validation",
      "add data.validation or data.split.validation"),
  TLS_CA("--tls-ca", "security settings"),
  TLS_IDENTITY("--tls-cert and --tls-key", "a certificate and a key"),
  MAX_WORKERS("start it with --max-workers for more", "start fewer workers"),
  MAX_CALLS("start it with --max-calls for more", "start fewer workers"),
  WORKERS(" (--workers)", ""),
  SHARDS(", or share the parameters among more --shards", ""),
  HEAP("CORDEE_JAVA_OPTS=-Xmx", "java -Xmx"),
  OUT("choose another with --out", "choose another"),
  OUT_OR_RESUME("choose another folder, or resume it with --resume", "choose another folder"),
  RESUME("; resume from there with --resume %s", "");

  /** This process's words, if it is not the command's. */
  private static volatile Optional<Map<Advice, String>> own = Optional.empty();

  private final String ofCommand;
  private final String neutral;

  Advice(String ofCommand, String neutral) {
    this.ofCommand = ofCommand;
    this.neutral = neutral;
  }

  /** Has all messages of this process use these words, and neutral ones for the rest. */
  public static void use(Map<Advice, String> words) {
    own = Optional.of(Map.copyOf(words));
  }

  @Override
  public String toString() {
    return own.map(words -> words.getOrDefault(this, neutral)).orElse(ofCommand);
  }
}
