package dev.aidb.mcp;

import dev.aidb.operation.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The tools, resources and prompts that the official conformance suite calls. They exist in tests
 * alone, over the same protocol as the product's own.
 */
final class ConformanceSurface {
  private static final String PIXEL =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
  private static final String SILENCE =
      "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";
  private static final String NOTHING = "{\"type\":\"object\",\"properties\":{}}";
  private static final Outcome.Caching NOT = new Outcome.Caching(0, false);

  private final Map<String, Method> tools = new LinkedHashMap<>();
  private final Map<String, String> schemas = new LinkedHashMap<>();
  private final Map<String, Method> prompts = new LinkedHashMap<>();

  private ConformanceSurface() {
    plainTools();
    talkingTools();
    askingTools();
    statefulTools();
    prompts();
  }

  static Surface surface() {
    ConformanceSurface fixture = new ConformanceSurface();
    Map<String, Method> methods = new LinkedHashMap<>();
    methods.put("tools/list", asked -> Outcome.of(fixture.listed(), NOT));
    methods.put("tools/call", asked -> fixture.named(fixture.tools, asked));
    methods.put("prompts/list", asked -> Outcome.of(fixture.listedPrompts(), NOT));
    methods.put("prompts/get", asked -> fixture.named(fixture.prompts, asked));
    methods.put("resources/list", asked -> Outcome.of(resources(), NOT));
    methods.put("resources/templates/list", asked -> Outcome.of(templates(), NOT));
    methods.put("resources/read", ConformanceSurface::read);
    methods.put("resources/subscribe", asked -> Outcome.of(Map.of()));
    methods.put("resources/unsubscribe", asked -> Outcome.of(Map.of()));
    methods.put("logging/setLevel", asked -> Outcome.of(Map.of()));
    methods.put(
        "completion/complete",
        asked ->
            Outcome.of(json("{\"completion\":{\"values\":[],\"total\":0,\"hasMore\":false}}")));
    return new Surface(
        "For the conformance suite.",
        json(
            """
            {"tools":{},"prompts":{},"resources":{},"completions":{},"logging":{}}\
            """),
        methods);
  }

  private Outcome named(Map<String, Method> among, Asked asked) {
    return Optional.ofNullable(among.get(asked.required("name")))
        .orElseThrow(() -> RpcError.invalidParams("There is no such thing"))
        .answer(asked);
  }

  private void tool(String name, Function<Asked, Outcome> answer) {
    tool(name, NOTHING, answer);
  }

  private void tool(String name, String schema, Function<Asked, Outcome> answer) {
    tools.put(name, answer::apply);
    schemas.put(name, schema);
  }

  private Map<String, Object> listed() {
    List<Object> list = new ArrayList<>();
    schemas.forEach((name, schema) -> {
      Map<String, Object> tool = new LinkedHashMap<>();
      tool.put("name", name);
      tool.put("description", "For the conformance suite: " + name);
      tool.put("inputSchema", json(schema));
      list.add(tool);
    });
    return Map.of("tools", list);
  }

  // ---- tools that answer at once

  private void plainTools() {
    tool("test_simple_text", asked -> text("This is a simple text response for testing."));
    tool("test_image_content", asked -> content(image()));
    tool(
        "test_audio_content",
        asked ->
            content(
                "{\"type\":\"audio\",\"mimeType\":\"audio/wav\",\"data\":\"" + SILENCE + "\"}"));
    tool(
        "test_embedded_resource",
        asked ->
            content(
                """
                {"type":"resource","resource":{"uri":"test://embedded-resource",
                "mimeType":"text/plain","text":"This is an embedded resource content."}}\
                """));
    tool(
        "test_multiple_content_types",
        asked ->
            content(
                """
                {"type":"text","text":"Multiple content types test:"},%s,
                {"type":"resource","resource":{"uri":"test://mixed-content-resource",
                "mimeType":"application/json","text":"{\\"test\\":\\"data\\",\\"value\\":123}"}}\
                """
                    .formatted(image())));
    tool(
        "test_error_handling",
        asked -> Outcome.of(Calls.mistake("This tool intentionally returns an error for testing")));
    tool(
        "json_schema_2020_12_tool",
        """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
        "$defs":{"address":{"$anchor":"addressDef","type":"object","properties":{
        "street":{"type":"string"},"city":{"type":"string"}}}},
        "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},
        "contactMethod":{"type":"string","enum":["phone","email"]},
        "phone":{"type":"string"},"email":{"type":"string"}},
        "allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
        "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},
        "then":{"required":["phone"]},"else":{"required":["email"]},
        "additionalProperties":false}\
        """,
        asked -> text("ok"));
  }

  private static String image() {
    return "{\"type\":\"image\",\"mimeType\":\"image/png\",\"data\":\"" + PIXEL + "\"}";
  }

  // ---- tools that tell something before they answer

  private void talkingTools() {
    tool(
        "test_tool_with_progress",
        asked -> {
          Optional<Object> token = asked.meta().id("progressToken");
          for (int done : new int[] {0, 50, 100}) {
            token.ifPresent(known -> {
              Map<String, Object> params = new LinkedHashMap<>();
              params.put("progressToken", known);
              params.put("progress", done);
              params.put("total", 100);
              asked.talk().tell("notifications/progress", params);
            });
            pause();
          }
          return text("done");
        });
    tool(
        "test_tool_with_logging",
        asked -> {
          for (String step : List.of("started", "processing data", "completed")) {
            log(asked, "Tool execution " + step);
            pause();
          }
          return text("logged");
        });
    tool(
        "test_logging_tool",
        asked -> {
          log(asked, "a line");
          return text("logged");
        });
  }

  /** Without sessions a log level is known of the request that names it; else all are told. */
  private static void log(Asked asked, String line) {
    boolean wanted =
        !asked.revision().isStateless() || asked.meta().has("io.modelcontextprotocol/logLevel");
    if (wanted) {
      asked.talk().tell("notifications/message", Map.of("level", "info", "data", line));
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50); // the suite's own description of the tool
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- tools that ask

  private void askingTools() {
    tool(
        "test_sampling",
        "{\"type\":\"object\",\"properties\":{\"prompt\":{\"type\":\"string\"}},\"required\":[\"prompt\"]}",
        asked ->
            ask(asked, "sample", sampling("Test prompt"), answer -> "LLM response: " + answer));
    tool(
        "test_elicitation",
        "{\"type\":\"object\",\"properties\":{\"message\":{\"type\":\"string\"}},\"required\":[\"message\"]}",
        asked ->
            ask(
                asked,
                "user",
                elicitation("Who are you?", "username", "string"),
                answer -> "User response: " + answer));
    tool(
        "test_elicitation_sep1034_defaults",
        asked -> ask(asked, "form", form(DEFAULTS), answer -> "Elicitation completed: " + answer));
    tool(
        "test_elicitation_sep1330_enums",
        asked -> ask(asked, "form", form(ENUMS), answer -> "Elicitation completed: " + answer));
    tool(
        "test_streaming_elicitation",
        asked ->
            ask(asked, "user", elicitation("Go on?", "ok", "boolean"), answer -> "ok " + answer));
    tool(
        "test_missing_capability",
        asked -> {
          if (!declared(asked).has("sampling")) {
            throw RpcError.missingCapability(Map.of("sampling", Map.of()));
          }
          return text("ok");
        });
    tool(
        "test_input_required_result_elicitation",
        asked ->
            ask(
                asked,
                "user_name",
                elicitation("What is your name?", "name", "string"),
                answer -> "Hello, " + answer));
    tool(
        "test_input_required_result_sampling",
        asked ->
            ask(
                asked,
                "capital_question",
                sampling("What is the capital of France?"),
                answer -> answer));
    tool(
        "test_input_required_result_list_roots",
        asked -> ask(asked, "client_roots", roots(), answer -> answer));
    tool(
        "test_input_required_result_capabilities",
        asked -> {
          Map<String, Outcome.InputRequest> wanted = new LinkedHashMap<>();
          if (declared(asked).has("sampling")) {
            wanted.put("sample", sampling("Say something"));
          }
          if (declared(asked).has("elicitation")) {
            wanted.put("user", elicitation("Who?", "name", "string"));
          }
          return new Outcome.InputRequired(wanted, Optional.empty());
        });
  }

  private static Members declared(Asked asked) {
    return asked.meta().members(Meta.CAPABILITIES).orElse(Members.none());
  }

  private static Outcome ask(
      Asked asked, String key, Outcome.InputRequest request, Function<String, String> done) {
    return responses(asked)
        .flatMap(all -> all.object(key))
        .map(done)
        .map(ConformanceSurface::text)
        .orElseGet(() -> new Outcome.InputRequired(Map.of(key, request), Optional.empty()));
  }

  private static Optional<Members> responses(Asked asked) {
    if (!asked.params().has("inputResponses")) {
      return Optional.empty();
    }
    return Optional.of(
        asked
            .params()
            .members("inputResponses")
            .orElseThrow(() -> RpcError.invalidParams("inputResponses must be an object")));
  }

  // ---- tools with a state that comes back

  private void statefulTools() {
    Outcome.InputRequest confirm = elicitation("Please confirm", "ok", "boolean");
    for (String name :
        List.of(
            "test_input_required_result_request_state",
            "test_input_required_result_tampered_state")) {
      tool(name, asked -> staged(asked, List.of(Map.of("confirm", confirm)), "state-ok"));
    }
    Map<String, Outcome.InputRequest> three = new LinkedHashMap<>();
    three.put("user_name", elicitation("What is your name?", "name", "string"));
    three.put("greeting", sampling("Generate a greeting"));
    three.put("client_roots", roots());
    tool(
        "test_input_required_result_multiple_inputs",
        asked -> staged(asked, List.of(three), "all there"));
    tool(
        "test_input_required_result_multi_round",
        asked ->
            staged(
                asked,
                List.of(
                    Map.of("step1", elicitation("Step 1: What is your name?", "name", "string")),
                    Map.of("step2", elicitation("Step 2: Which colour?", "color", "string"))),
                "done"));
  }

  private static Outcome staged(
      Asked asked, List<Map<String, Outcome.InputRequest>> stages, String done) {
    int stage = asked.params().text("requestState").map(ConformanceSurface::verified).orElse(0);
    boolean answered =
        stage > 0
            && responses(asked)
                .map(all -> stages.get(stage - 1).keySet().stream().allMatch(all::has))
                .orElse(false);
    int next = answered || stage == 0 ? stage : stage - 1;
    return next == stages.size()
        ? text(done)
        : new Outcome.InputRequired(stages.get(next), Optional.of(signed(next + 1)));
  }

  private static String signed(int stage) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(("for tests alone " + stage).getBytes(StandardCharsets.UTF_8));
      return stage + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int verified(String state) {
    for (int stage = 1; stage < 5; stage++) {
      if (signed(stage).equals(state)) {
        return stage;
      }
    }
    throw RpcError.invalidParams("requestState isn't one that was given");
  }

  // ---- what is asked

  private static Outcome.InputRequest elicitation(String message, String field, String type) {
    return new Outcome.InputRequest(
        "elicitation/create",
        json(
            """
            {"message":"%s","requestedSchema":{"type":"object","properties":{"%s":{"type":"%s"}},
            "required":["%s"]}}\
            """
                .formatted(message, field, type, field)));
  }

  private static Outcome.InputRequest form(String properties) {
    return new Outcome.InputRequest(
        "elicitation/create",
        json(
            """
            {"message":"Please fill in","requestedSchema":{"type":"object","properties":%s,
            "required":[]}}\
            """
                .formatted(properties)));
  }

  private static Outcome.InputRequest sampling(String prompt) {
    return new Outcome.InputRequest(
        "sampling/createMessage",
        json(
            """
            {"messages":[{"role":"user","content":{"type":"text","text":"%s"}}],"maxTokens":100}\
            """
                .formatted(prompt)));
  }

  private static Outcome.InputRequest roots() {
    return new Outcome.InputRequest("roots/list", Map.of());
  }

  private static final String DEFAULTS =
      """
      {"name":{"type":"string","default":"John Doe"},"age":{"type":"integer","default":30},
      "score":{"type":"number","default":95.5},
      "status":{"type":"string","enum":["active","inactive","pending"],"default":"active"},
      "verified":{"type":"boolean","default":true}}\
      """;

  private static final String ENUMS =
      """
      {"untitledSingle":{"type":"string","enum":["option1","option2","option3"]},
      "titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First"},
      {"const":"value2","title":"Second"},{"const":"value3","title":"Third"}]},
      "legacyEnum":{"type":"string","enum":["opt1","opt2","opt3"],
      "enumNames":["Option One","Option Two","Option Three"]},
      "untitledMulti":{"type":"array","minItems":1,"maxItems":3,
      "items":{"type":"string","enum":["option1","option2","option3"]}},
      "titledMulti":{"type":"array","minItems":1,"maxItems":3,"items":{"anyOf":[
      {"const":"value1","title":"First"},{"const":"value2","title":"Second"},
      {"const":"value3","title":"Third"}]}}}\
      """;

  // ---- prompts

  private void prompts() {
    prompts.put(
        "test_simple_prompt", asked -> message(textBlock("This is a simple prompt for testing.")));
    prompts.put(
        "test_prompt_with_arguments",
        asked -> {
          Members given = Members.of(asked.arguments()).orElse(Members.none());
          return message(
              textBlock(
                  "Prompt with arguments: arg1='%s', arg2='%s'"
                      .formatted(given.text("arg1").orElse(""), given.text("arg2").orElse(""))));
        });
    prompts.put(
        "test_prompt_with_embedded_resource",
        asked ->
            message(
                """
                {"type":"resource","resource":{"uri":"test://example-resource",
                "mimeType":"text/plain","text":"Embedded resource content for testing."}}\
                """));
    prompts.put("test_prompt_with_image", asked -> message(image()));
    prompts.put(
        "test_input_required_result_prompt",
        asked ->
            responses(asked)
                .flatMap(all -> all.object("user_context"))
                .map(answer -> message(textBlock("With context")))
                .orElseGet(() ->
                    new Outcome.InputRequired(
                        Map.of(
                            "user_context",
                            elicitation(
                                "What context should the prompt use?", "context", "string")),
                        Optional.empty())));
  }

  private Map<String, Object> listedPrompts() {
    List<Object> list = new ArrayList<>();
    for (String name : prompts.keySet()) {
      Map<String, Object> prompt = new LinkedHashMap<>();
      prompt.put("name", name);
      prompt.put("description", "For the conformance suite");
      if (name.equals("test_prompt_with_arguments")) {
        prompt.put(
            "arguments",
            List.of(
                Map.of("name", "arg1", "required", true),
                Map.of("name", "arg2", "required", true)));
      }
      list.add(prompt);
    }
    return Map.of("prompts", list);
  }

  private static Outcome message(String block) {
    return Outcome.of(json("{\"messages\":[{\"role\":\"user\",\"content\":" + block + "}]}"));
  }

  // ---- resources

  private static Map<String, Object> resources() {
    return json(
        """
        {"resources":[
        {"uri":"test://static-text","name":"static-text","description":"A text","mimeType":"text/plain"},
        {"uri":"test://static-binary","name":"static-binary","description":"An image","mimeType":"image/png"},
        {"uri":"test://watched-resource","name":"watched-resource","description":"A text","mimeType":"text/plain"}]}\
        """);
  }

  private static Map<String, Object> templates() {
    return json(
        """
        {"resourceTemplates":[{"uriTemplate":"test://template/{id}/data","name":"template",
        "description":"A template","mimeType":"application/json"}]}\
        """);
  }

  private static Outcome read(Asked asked) {
    String uri = asked.required("uri");
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("uri", uri);
    switch (uri) {
      case "test://static-text", "test://watched-resource" -> {
        content.put("mimeType", "text/plain");
        content.put("text", "This is the content of the static text resource.");
      }
      case "test://static-binary" -> {
        content.put("mimeType", "image/png");
        content.put("blob", PIXEL);
      }
      default -> {
        if (!uri.matches("test://template/[^/]+/data")) {
          throw RpcError.noResource(uri, asked.revision());
        }
        String id = uri.split("/", -1)[3];
        content.put("mimeType", "application/json");
        content.put(
            "text", "{\"id\":\"" + id + "\",\"templateTest\":true,\"data\":\"for " + id + "\"}");
      }
    }
    return Outcome.of(Map.of("contents", List.of(content)), NOT);
  }

  // ---- forms

  private static Outcome text(String text) {
    return Outcome.of(Calls.text(text));
  }

  private static String textBlock(String text) {
    return "{\"type\":\"text\",\"text\":" + Json.text(text) + "}";
  }

  private static Outcome content(String blocks) {
    return Outcome.of(json("{\"content\":[" + blocks + "]}"));
  }

  private static Map<String, Object> json(String text) {
    return Json.readObject(text);
  }
}
