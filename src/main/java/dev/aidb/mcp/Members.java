package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.operation.Json;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The members of a JSON object, with the objects and arrays inside left as text: what is bound to a
 * record later is read from what was sent, not from a copy of it. Immutable.
 */
final class Members {
  private static final Members NONE = new Members(Map.of());

  private final Map<String, Value> values;

  private Members(Map<String, Value> values) {
    this.values = values;
  }

  private sealed interface Value {
    record Text(String text) implements Value {}

    record Whole(long number) implements Value {}

    record Null() implements Value {}

    record Other() implements Value {}

    record Nested(String json, boolean object) implements Value {}
  }

  /** No members. */
  static Members none() {
    return NONE;
  }

  /**
   * The members of an object; empty for JSON that is none.
   *
   * @throws AidbException MALFORMED_JSON when the text is no JSON
   */
  static Optional<Members> of(String json) {
    try (JsonParser parser = Json.parser(new StringReader(json))) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        drain(parser, first);
        return Optional.empty();
      }
      Map<String, Value> values = new LinkedHashMap<>();
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        values.put(name, value(parser, json));
      }
      refuseMore(parser);
      return Optional.of(new Members(values));
    } catch (JacksonException e) {
      throw Json.malformed(e);
    }
  }

  private static void drain(JsonParser parser, @Nullable JsonToken first) {
    if (first == null) {
      throw malformed("the text is empty");
    }
    parser.skipChildren();
    refuseMore(parser);
  }

  private static void refuseMore(JsonParser parser) {
    if (parser.nextToken() != null) {
      throw malformed("unexpected content after the value");
    }
  }

  private static AidbException malformed(String reason) {
    return new AidbException(ErrorCode.MALFORMED_JSON, "Malformed JSON: " + reason);
  }

  private static Value value(JsonParser parser, String json) {
    JsonToken token = parser.nextToken();
    return switch (token) {
      case START_OBJECT, START_ARRAY -> {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        int end = (int) parser.currentLocation().getCharOffset();
        yield new Value.Nested(json.substring(start, end), token == JsonToken.START_OBJECT);
      }
      case VALUE_STRING -> new Value.Text(parser.getString());
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT, LONG -> new Value.Whole(parser.getLongValue());
            default -> new Value.Other();
          };
      case VALUE_NULL -> new Value.Null();
      default -> new Value.Other();
    };
  }

  /** Whether there is a member of that name, be it null. */
  boolean has(String name) {
    return values.containsKey(name);
  }

  /** A text; empty when it is absent or of another type. */
  Optional<String> text(String name) {
    return values.get(name) instanceof Value.Text(String text)
        ? Optional.of(text)
        : Optional.empty();
  }

  /** The JSON of an object; empty when it is absent or of another type. */
  Optional<String> object(String name) {
    return values.get(name) instanceof Value.Nested(String json, boolean object) && object
        ? Optional.of(json)
        : Optional.empty();
  }

  /** An object's own members; empty when it is absent or of another type. */
  Optional<Members> members(String name) {
    return object(name).flatMap(Members::of);
  }

  /** The same with one more: a text. */
  Members withText(String name, String text) {
    return with(name, new Value.Text(text));
  }

  /** The same with one more: an object, as JSON. */
  Members withObject(String name, String json) {
    return with(name, new Value.Nested(json, true));
  }

  private Members with(String name, Value value) {
    Map<String, Value> more = new LinkedHashMap<>(values);
    more.put(name, value);
    return new Members(more);
  }

  /** A text or a whole number; empty when it is absent or of another type. */
  Optional<Object> id(String name) {
    return switch (values.get(name)) {
      case Value.Text(String text) -> Optional.of(text);
      case Value.Whole(long number) -> Optional.of(number);
      case null, default -> Optional.empty();
    };
  }
}
