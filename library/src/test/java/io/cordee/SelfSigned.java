package io.cordee;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A self-signed certificate for this machine and its key, in PEM, by the JDK's keytool. */
record SelfSigned(Path certificate, Path key) {

  private static final String PASSWORD = "password";
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  /** {@code name} is that of the files, without extension. */
  static SelfSigned make(Path name)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = Path.of(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name.getFileName(),
                "-ext",
                "san=ip:127.0.0.1,dns:localhost")
            .redirectErrorStream(true)
            .start();
    assertEquals(0, keytool.waitFor());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return new SelfSigned(
        pem(name + ".pem", "CERTIFICATE", keys.getCertificate("it").getEncoded()),
        pem(
            name + "-key.pem",
            "PRIVATE KEY",
            keys.getKey("it", PASSWORD.toCharArray()).getEncoded()));
  }

  private static Path pem(String file, String type, byte[] bytes) throws IOException {
    return Files.writeString(
        Path.of(file),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(type, LINES.encodeToString(bytes), type));
  }
}
