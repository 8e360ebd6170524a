package dev.aidb.mcp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The objects of JSON-RPC that the server sends. */
final class Rpc {
  private static final String VERSION = "2.0";

  private Rpc() {}

  static Map<String, Object> result(Object id, Map<String, Object> result) {
    Map<String, Object> message = message();
    message.put("id", id);
    message.put("result", result);
    return message;
  }

  static Map<String, Object> error(Optional<Object> id, RpcError error) {
    Map<String, Object> message = message();
    id.ifPresent(known -> message.put("id", known));
    message.put("error", error.toMap());
    return message;
  }

  static Map<String, Object> notification(String method, Map<String, Object> params) {
    Map<String, Object> message = message();
    message.put("method", method);
    message.put("params", params);
    return message;
  }

  static Map<String, Object> request(String id, String method, Map<String, Object> params) {
    Map<String, Object> message = message();
    message.put("id", id);
    message.put("method", method);
    message.put("params", params);
    return message;
  }

  private static Map<String, Object> message() {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("jsonrpc", VERSION);
    return message;
  }
}
