package io.cordee.proto.security;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The certificate authorities that the other side's certificate may be from. */
public record Authority(NamedFile file, List<X509Certificate> certificates) {

  private static final int SHOWN = 3;

  /**
   * @throws AccessException if the file cannot be used, or all certificates in it are out of date
   */
  public static Authority read(NamedFile file) {
    List<X509Certificate> certificates = Certificates.read(file);
    List<String> outOfDate =
        certificates.stream().map(Certificates::outOfDate).flatMap(Optional::stream).toList();
    if (outOfDate.size() == certificates.size()) {
      throw file.error("%s", outOfDate.get(0));
    }
    return new Authority(file, certificates);
  }

  /** For people: the file, and who is in it. */
  String describe() {
    return certificates.stream()
        .limit(SHOWN)
        .map(it -> "\"" + it.getSubjectX500Principal().getName() + "\"")
        .collect(
            Collectors.joining(", ", file + " (", certificates.size() > SHOWN ? ", ...)" : ")"));
  }
}
