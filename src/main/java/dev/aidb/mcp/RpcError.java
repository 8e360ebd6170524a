package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A failure of the protocol: the client, not the model behind it, has to do something else. Carries
 * no stack trace, for it is no fault of the program.
 */
final class RpcError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;

  private final int code;
  private final transient Map<String, Object> data;
  private final int status;
  private final int statusBefore;

  private RpcError(
      int code, String message, Map<String, Object> data, int status, int statusBefore) {
    super(message, null, false, false);
    this.code = code;
    this.data = data;
    this.status = status;
    this.statusBefore = statusBefore;
  }

  static RpcError invalidRequest(String message) {
    return new RpcError(-32600, message, Map.of(), BAD_REQUEST, BAD_REQUEST);
  }

  /** The address exists, but what the client accepts isn't to be had. */
  static RpcError notAcceptable() {
    return new RpcError(
        -32600, "Accept must allow application/json or text/event-stream", Map.of(), 406, 406);
  }

  static RpcError methodNotFound() {
    return new RpcError(-32601, "Method not found", Map.of(), 404, OK);
  }

  /** What a request asks with is wrong. */
  static RpcError invalidParams(String message) {
    return new RpcError(-32602, message, Map.of(), OK, OK);
  }

  /** A request lacks the metadata that it must carry. */
  static RpcError missingMeta(String message) {
    return new RpcError(-32602, message, Map.of(), BAD_REQUEST, BAD_REQUEST);
  }

  /** There is no such resource; the code has changed with the revisions. */
  static RpcError noResource(String uri, Revision revision) {
    return new RpcError(
        revision.isStateless() ? -32602 : -32002, "Resource not found", Map.of("uri", uri), OK, OK);
  }

  static RpcError headerMismatch(String message) {
    return new RpcError(-32020, "Header mismatch: " + message, Map.of(), BAD_REQUEST, BAD_REQUEST);
  }

  /**
   * A request needs what its client hasn't declared.
   *
   * @param required the capabilities, by name
   */
  static RpcError missingCapability(Map<String, Object> required) {
    return new RpcError(
        -32021,
        "The client doesn't declare a capability that this needs",
        Map.of("requiredCapabilities", required),
        BAD_REQUEST,
        OK);
  }

  static RpcError unsupportedVersion(String requested) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("supported", Revision.dates());
    data.put("requested", requested);
    return new RpcError(-32022, "Unsupported protocol version", data, BAD_REQUEST, BAD_REQUEST);
  }

  /** The server's side of a conversation failed. */
  static RpcError internal(String message) {
    return new RpcError(-32603, message, Map.of(), OK, OK);
  }

  /** What went wrong before anything was run, with the status that REST would have. */
  static RpcError of(AidbException failure, String requestId) {
    ErrorCode code = failure.code();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("code", code.wireName());
    data.put("request_id", requestId);
    if (!failure.errors().isEmpty()) {
      data.put("errors", List.copyOf(failure.errors()));
    }
    return new RpcError(
        code.jsonRpcCode(), failure.detail(), data, code.httpStatus(), code.httpStatus());
  }

  /** The code on the wire. */
  int code() {
    return code;
  }

  /** The HTTP status that goes with it. */
  int status(Revision revision) {
    return revision.isStateless() ? status : statusBefore;
  }

  /** The error object. */
  Map<String, Object> toMap() {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", String.valueOf(getMessage()));
    if (!data.isEmpty()) {
      error.put("data", data);
    }
    return error;
  }
}
