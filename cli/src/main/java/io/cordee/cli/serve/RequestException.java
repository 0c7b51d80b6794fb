package io.cordee.cli.serve;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A request cannot be answered; its message says why. */
final class RequestException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient HttpResponseStatus status;

  RequestException(HttpResponseStatus status, String message) {
    super(message);
    this.status = status;
  }

  static RequestException bad(String template, Object... values) {
    return new RequestException(HttpResponseStatus.BAD_REQUEST, template.formatted(values));
  }

  HttpResponseStatus status() {
    return status;
  }
}
