package dev.aidb.http;

import dev.aidb.core.ErrorCode;

/** What a client does about each kind of failure, for the pages that document them. */
final class Advice {
  private Advice() {}

  static String on(ErrorCode code) {
    return switch (code) {
      case MALFORMED_JSON ->
          "Send one JSON object in UTF-8; detail names the line and column where reading stopped.";
      case BAD_REQUEST ->
          "Correct the request: its address or headers aren't valid, such as a query string that"
              + " isn't UTF-8.";
      case UNAUTHORIZED ->
          "Send a valid key as Authorization: Bearer or X-API-Key; WWW-Authenticate says invalid_token"
              + " when the one sent is wrong, expired or revoked. A server in local mode needs none.";
      case FORBIDDEN ->
          "Ask with a key of a greater scope, which WWW-Authenticate names; or from an address that the"
              + " server expects, for a foreign Host or Origin is refused too.";
      case NOT_FOUND -> "Check the address or the id; what was deleted is gone.";
      case METHOD_NOT_ALLOWED -> "Use one of the methods of the Allow header.";
      case REQUEST_TIMEOUT -> "Send the body, or the next line of a stream, faster.";
      case CONFLICT ->
          "Read the present state first; the name is taken or somebody else was faster.";
      case PAYLOAD_TOO_LARGE ->
          "Send less at a time; the limit is server.body_max, for a body and for each line of a"
              + " stream.";
      case UNSUPPORTED_MEDIA_TYPE ->
          "Send application/json, or application/x-ndjson to an operation that takes a stream.";
      case VALIDATION_FAILED ->
          "Correct the fields that errors names, all of them at once, with the code of the broken"
              + " rule of each.";
      case UNKNOWN_COLLECTION -> "Use a collection of GET /collections, or make it first.";
      case SECRET_DETECTED ->
          "Take the private key or cloud credential out of the content; nothing of it was stored.";
      case CONTENT_POLICY ->
          "Put the query as a question in words, with the code that it is about set apart; or have"
              + " the operator set content_policy for the collection.";
      case RATE_LIMITED ->
          "Wait as long as Retry-After says; RateLimit and RateLimit-Policy tell of the budget on every"
              + " answer.";
      case INTERNAL -> "Report it with the request_id, which finds the cause in the server's log.";
      case UNAVAILABLE ->
          "Wait as long as Retry-After says; GET /health says what is down, or whether the server"
              + " is still starting.";
      case OVERLOADED -> "Wait as long as Retry-After says, and send fewer requests at once.";
      case STORAGE_FULL -> "Free space on the disk of the server's data directory or database.";
      case DEADLINE_EXCEEDED -> "Ask for less, or again when the server is less busy.";
    };
  }
}
