package dev.aidb.mcp;

import dev.aidb.guard.RequestHead;
import dev.aidb.operation.Caller;
import java.util.Optional;

/**
 * A request on its way to its method.
 *
 * @param method its name
 * @param params what it is asked with
 * @param revision the revision that the client speaks
 * @param caller who asks
 * @param talk the way to its client and to what the server keeps for it
 */
record Asked(String method, Members params, Revision revision, Caller caller, Conversation talk) {

  /** The request's head. */
  RequestHead head() {
    return talk.head();
  }

  /** The metadata. */
  Members meta() {
    return params.members("_meta").orElse(Members.none());
  }

  /**
   * A text that must be there.
   *
   * @throws RpcError when it isn't
   */
  String required(String name) {
    return params
        .text(name)
        .orElseThrow(() -> RpcError.invalidParams(name + " is required, as a text"));
  }

  /**
   * The place where a page begins.
   *
   * @throws RpcError when it isn't a text
   */
  Optional<String> cursor() {
    if (params.has("cursor") && params.text("cursor").isEmpty()) {
      throw RpcError.invalidParams("cursor must be a text");
    }
    return params.text("cursor");
  }

  /**
   * What a tool or a prompt is called with, as JSON.
   *
   * @throws RpcError when it isn't an object
   */
  String arguments() {
    if (params.has("arguments") && params.object("arguments").isEmpty()) {
      throw RpcError.invalidParams("arguments must be an object");
    }
    return params.object("arguments").orElse("{}");
  }

  /** The same request with what the client answered. */
  Asked with(Members more) {
    return new Asked(method, more, revision, caller, talk);
  }
}
