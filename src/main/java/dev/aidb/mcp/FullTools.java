package dev.aidb.mcp;

import dev.aidb.invocation.Invocation;
import dev.aidb.operation.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.util.RawValue;

/** A tool for every operation that the caller's scope allows. */
final class FullTools {
  private static final Outcome.Caching FIVE_MINUTES = new Outcome.Caching(300_000, false);

  private final List<Capability> all;
  private final Map<String, Capability> byName;

  FullTools(List<Capability> all) {
    this.all = all;
    this.byName = all.stream().collect(Collectors.toMap(Capability::name, Function.identity()));
  }

  /** {@code tools/list}. */
  Outcome list(Asked asked) {
    List<Capability> allowed =
        all.stream().filter(each -> asked.caller().may(each.operation().scope())).toList();
    return Outcome.of(
        Page.of("tools", allowed, asked.cursor(), Capability::name, Capability::tool),
        FIVE_MINUTES);
  }

  /** {@code tools/call}. */
  Outcome call(Asked asked) {
    Capability capability = byName.get(asked.required("name"));
    if (capability == null) {
      throw RpcError.invalidParams("There is no such tool");
    }
    return call(asked, capability, capability.invocation());
  }

  private static <I extends Record, O> Outcome call(
      Asked asked, Capability capability, Invocation<I, O> invocation) {
    byte[] input = asked.arguments().getBytes(StandardCharsets.UTF_8);
    return Calls.tool(
        asked, invocation, binder -> binder.bind(input), answer -> shaped(capability, answer));
  }

  /** The text is for clients that don't know structured results. */
  private static Map<String, Object> shaped(Capability capability, Object answer) {
    String json = Json.text(answer);
    Map<String, Object> result = new LinkedHashMap<>(Calls.text(json));
    if (capability.answersObject()) {
      result.put("structuredContent", new RawValue(json));
    }
    return result;
  }
}
