package dev.aidb.mcp;

import dev.aidb.operation.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the revisions of the protocol ask of every server, over one surface. */
final class Protocol {
  static final String INITIALIZE = "initialize";

  /** Requests that went with the handshake. */
  private static final Set<String> BEFORE_STATELESS =
      Set.of(
          INITIALIZE, "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe");

  /** The requests that may be answered by a question. */
  private static final Set<String> MAY_ASK = Set.of("tools/call", "prompts/get", "resources/read");

  private static final String DISCOVER = "server/discover";
  private static final int ROUNDS_MAX = 8;
  static final int LEAST_COST = 1;
  private static final Outcome.Caching AN_HOUR = new Outcome.Caching(3_600_000, true);

  private final Surface surface;
  private final Map<String, Object> serverInfo;

  Protocol(String version, Surface surface) {
    this.surface = surface;
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("name", "aidb");
    about.put("version", version);
    this.serverInfo = about;
  }

  /**
   * The result of a request.
   *
   * @throws RpcError for what the client got wrong
   * @throws dev.aidb.core.AidbException for what went wrong otherwise
   */
  Map<String, Object> answer(Asked asked) {
    Method method = method(asked);
    if (!method.chargesItself()) {
      asked.talk().charge(LEAST_COST);
    }
    Map<String, Object> result;
    try {
      Outcome outcome = method.answer(asked);
      result = asked.revision().isStateless() ? stateless(asked, outcome) : talked(asked, outcome);
    } catch (RpcError e) {
      chargeAtLeast(asked); // refused before it ran: still not for nothing
      throw e;
    }
    chargeAtLeast(asked);
    return result;
  }

  private static void chargeAtLeast(Asked asked) {
    if (!asked.talk().charged()) {
      asked.talk().charge(LEAST_COST);
    }
  }

  private Method method(Asked asked) {
    String name = asked.method();
    boolean gone = BEFORE_STATELESS.contains(name);
    if (asked.revision().isStateless() ? gone : name.equals(DISCOVER)) {
      return unknown();
    }
    return switch (name) {
      case INITIALIZE -> this::initialize;
      case "ping" -> Method.chargingItself(this::ping);
      case DISCOVER -> any -> Outcome.of(discovered(), AN_HOUR);
      default -> Optional.ofNullable(surface.methods().get(name)).orElseGet(Protocol::unknown);
    };
  }

  private static Method unknown() {
    return asked -> {
      throw RpcError.methodNotFound();
    };
  }

  private Outcome ping(Asked asked) {
    asked.talk().charge(0); // a sign of life, as free as a look at the health
    return Outcome.of(Map.of());
  }

  private Outcome initialize(Asked asked) {
    String wanted = asked.required("protocolVersion");
    Revision agreed =
        Revision.of(wanted)
            .filter(revision -> !revision.isStateless())
            .orElse(Revision.LATEST_WITH_HANDSHAKE);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("protocolVersion", agreed.date());
    result.put("capabilities", surface.capabilities());
    result.put("serverInfo", serverInfo);
    result.put("instructions", surface.instructions());
    return Outcome.of(result);
  }

  private Map<String, Object> discovered() {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("supportedVersions", Revision.dates());
    result.put("capabilities", surface.capabilities());
    result.put("instructions", surface.instructions());
    return result;
  }

  private Map<String, Object> stateless(Asked asked, Outcome outcome) {
    Map<String, Object> result = new LinkedHashMap<>();
    switch (outcome) {
      case Outcome.Complete(Map<String, Object> fields, Optional<Outcome.Caching> caching) -> {
        result.put("resultType", "complete");
        result.putAll(fields);
        caching.ifPresent(hint -> {
          result.put("ttlMs", hint.ttlMs());
          result.put("cacheScope", hint.isPublic() ? "public" : "private");
        });
      }
      case Outcome.InputRequired required -> {
        mayAsk(asked);
        result.put("resultType", "input_required");
        result.put("inputRequests", required.requests());
        required.state().ifPresent(state -> result.put("requestState", state));
      }
    }
    result.put("_meta", Map.of(Meta.SERVER, serverInfo));
    return result;
  }

  /** Before, a server put its questions while the request waited; so they are put here. */
  private Map<String, Object> talked(Asked asked, Outcome first) {
    Outcome outcome = first;
    Asked now = asked;
    for (int round = 0; round < ROUNDS_MAX; round++) {
      switch (outcome) {
        case Outcome.Complete complete -> {
          return complete.fields();
        }
        case Outcome.InputRequired required -> {
          mayAsk(asked);
          now = now.with(answers(now, required));
          outcome = method(now).answer(now);
        }
      }
    }
    throw RpcError.internal("The request asks without end");
  }

  private static Members answers(Asked asked, Outcome.InputRequired required) {
    StringBuilder answers = new StringBuilder("{");
    required
        .requests()
        .forEach((key, request) ->
            answers
                .append(answers.length() == 1 ? "" : ",")
                .append(Json.text(key))
                .append(':')
                .append(asked.talk().ask(request.method(), request.params())));
    Members more = asked.params().withObject("inputResponses", answers.append('}').toString());
    return required.state().map(state -> more.withText("requestState", state)).orElse(more);
  }

  private static void mayAsk(Asked asked) {
    if (!MAY_ASK.contains(asked.method())) {
      throw new IllegalStateException(asked.method() + " can't ask its client anything");
    }
  }
}
