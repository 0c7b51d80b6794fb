package io.cordee;

import io.cordee.common.text.Advice;
import java.util.Map;

/** The names by which messages call what a Java program can set. */
final class Words {

  private Words() {}

  static void use() {
    Advice.use(
        Map.of(
            Advice.VALIDATION, "add data.validation, as by Job.Builder.validationRows",
            Advice.OUT_OR_RESUME, "choose another folder, or resume it with LocalTeam.resume",
            Advice.RESUME, "; resume %s with LocalTeam.resume",
            Advice.TLS_CA, "Security.worker",
            Advice.TLS_IDENTITY, "a certificate and a key (Security.server, Security.certificate)",
            Advice.MAX_WORKERS, "start it with more Server.Options.withWorkers",
            Advice.MAX_CALLS, "start it with more Server.Options.withWorkers",
            Advice.WORKERS, " (Server.Options.withWorkers)"));
  }
}
