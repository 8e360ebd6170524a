package dev.aidb.core;

/**
 * Every kind of failure a client can meet. The name in lower case is the stable {@code code} of a
 * problem document and the anchor of its paragraph in {@code docs/reference/errors.md}.
 */
public enum ErrorCode {
  MALFORMED_JSON(400, -32700, false, "The body is not a JSON object"),
  BAD_REQUEST(400, -32600, false, "The request can't be understood"),
  UNAUTHORIZED(401, 401, false, "A valid API key is needed"),
  FORBIDDEN(403, 403, false, "The caller may not do this"),
  NOT_FOUND(404, 404, false, "There is no such thing"),
  METHOD_NOT_ALLOWED(405, -32601, false, "The address exists, but not with this method"),
  REQUEST_TIMEOUT(408, 408, true, "The request did not arrive in time"),
  CONFLICT(409, 409, false, "The request conflicts with the present state"),
  PAYLOAD_TOO_LARGE(413, 413, false, "The body is larger than the server takes"),
  UNSUPPORTED_MEDIA_TYPE(415, 415, false, "The body has a content type the operation doesn't take"),
  VALIDATION_FAILED(422, -32602, false, "A field breaks its rule"),
  UNKNOWN_COLLECTION(422, -32602, false, "The collection isn't known to this caller"),
  SECRET_DETECTED(422, -32602, false, "The content holds a private key or a cloud credential"),
  CONTENT_POLICY(422, -32602, false, "The query looks like an attack"),
  RATE_LIMITED(429, 429, true, "Too many requests"),
  INTERNAL(500, -32603, false, "The server failed unexpectedly"),
  UNAVAILABLE(503, 503, true, "Something the server depends on is down"),
  OVERLOADED(503, 503, true, "The server is busy"),
  STORAGE_FULL(507, 507, true, "There is no space left to store this"),
  DEADLINE_EXCEEDED(504, 504, true, "The request took longer than it may");

  private final int httpStatus;
  private final int jsonRpcCode;
  private final boolean retryable;
  private final String title;

  ErrorCode(int httpStatus, int jsonRpcCode, boolean retryable, String title) {
    this.httpStatus = httpStatus;
    this.jsonRpcCode = jsonRpcCode;
    this.retryable = retryable;
    this.title = title;
  }

  /** The HTTP status that carries this failure. */
  public int httpStatus() {
    return httpStatus;
  }

  /**
   * The JSON-RPC error code that carries this failure: the protocol's own where it has one, else
   * the HTTP status, for the range below is reserved.
   */
  public int jsonRpcCode() {
    return jsonRpcCode;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return retryable;
  }

  /** A short sentence that is the same for every occurrence. */
  public String title() {
    return title;
  }

  /** The stable name on the wire, such as {@code unknown_collection}. */
  public String wireName() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
