package dev.aidb.log;

import java.util.Optional;

/** What every line that is logged on behalf of a request carries. */
public final class LogContext {
  /** The id of the request that the current thread works for. */
  public static final ScopedValue<String> REQUEST_ID = ScopedValue.newInstance();

  private LogContext() {}

  /** Adds the current request's id, if there is one, to what another thread is to be given. */
  public static ScopedValue.Carrier handedOn(ScopedValue.Carrier carrier) {
    return REQUEST_ID.isBound() ? carrier.where(REQUEST_ID, REQUEST_ID.get()) : carrier;
  }

  static Optional<String> requestId() {
    return REQUEST_ID.isBound() ? Optional.of(REQUEST_ID.get()) : Optional.empty();
  }
}
