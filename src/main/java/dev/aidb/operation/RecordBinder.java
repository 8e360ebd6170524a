package dev.aidb.operation;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Makes valid input records out of JSON and parameters, in one pass over the text and with every
 * error at once.
 *
 * <p>Failures are {@link AidbException}s: MALFORMED_JSON (400) for a text that is no JSON object,
 * VALIDATION_FAILED (422) with at most 100 field errors for the rest. The codes of field errors:
 * {@code type}, {@code range} (a number that its type can't hold), {@code enum}, {@code
 * unknown_field}, {@code required}, {@code invalid} (what a record's constructor refuses), and
 * those of the constraints. Neither echoes the input; a field's name only where it is a sane one.
 *
 * <p>A null counts as absent. A record inside is validated like the outermost, with or without
 * {@code @Valid}. A record's constructor may refuse with an {@link IllegalArgumentException}, whose
 * message is for the client, or with {@link AidbException#invalid} that names its own components.
 *
 * <p>Immutable, thread-safe.
 *
 * @param <I> the record
 */
public final class RecordBinder<I extends Record> {
  private final Class<I> type;
  private final RecordShape shape;

  private RecordBinder(Class<I> type) {
    this.type = type;
    this.shape = RecordShape.of(type);
  }

  /** A binder for the record class; what it learns about the class is kept. */
  public static <I extends Record> RecordBinder<I> of(Class<I> type) {
    return new RecordBinder<>(type);
  }

  /** Binds a JSON object in UTF-8. */
  public I bind(byte[] json) {
    return bind(Map.of(), Map.of(), Optional.of(new ByteArrayInputStream(json)));
  }

  /** Binds values that were made by a program, as if they had come as JSON. */
  public I bind(Map<String, ?> values) {
    return bind(Json.bytes(values));
  }

  /** Binds parameters alone; one that was sent several times fills a list or a set. */
  public I bindStrings(Map<String, List<String>> parameters) {
    return bind(Map.of(), parameters, Optional.empty());
  }

  /**
   * Binds the object whose first token the parser, one of {@link Json#parser}, is at; afterwards it
   * is at the object's last token.
   */
  public I bind(JsonParser parser) {
    try {
      return bindObject(parser, Map.of());
    } catch (JacksonException e) {
      throw Malformed.because(e);
    }
  }

  /**
   * Binds a request.
   *
   * @param path the values of the route's variables
   * @param query the parameters, each with its values in order; with a body each is an unknown
   *     field
   * @param body the JSON text, which is read to its end; empty where the method has none
   * @throws java.io.UncheckedIOException when the body can't be read
   */
  public I bind(
      Map<String, String> path, Map<String, List<String>> query, Optional<InputStream> body) {
    if (body.isEmpty()) {
      return bindParameters(path, query);
    }
    try (JsonParser parser = Json.parser(body.get())) {
      if (parser.nextToken() == null) {
        if (path.keySet().containsAll(names())) {
          return bindParameters(path, query); // a body could say nothing
        }
        throw Malformed.at(parser, "the body is empty");
      }
      if (!query.isEmpty()) {
        throw unknown(query.keySet());
      }
      return bindObjectToEnd(parser, path);
    } catch (JacksonException e) {
      throw Malformed.because(e);
    }
  }

  private I bindObjectToEnd(JsonParser parser, Map<String, String> path) {
    try {
      I record = bindObject(parser, path);
      refuseMore(parser);
      return record;
    } catch (AidbException e) {
      if (e.code() == ErrorCode.VALIDATION_FAILED) {
        refuseMore(parser); // a text that is no JSON has no fields to speak of
      }
      throw e;
    }
  }

  private static void refuseMore(JsonParser parser) {
    if (parser.nextToken() != null) {
      throw Malformed.at(parser, "unexpected content after the object");
    }
  }

  private I bindObject(JsonParser parser, Map<String, String> path) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw Malformed.at(parser, "an object is expected");
    }
    Binding binding = new Binding();
    @Nullable Object[] values = binding.readFields(parser, shape, path.keySet());
    binding.bindStrings(single(path), shape, values);
    return finish(binding, values);
  }

  private I bindParameters(Map<String, String> path, Map<String, List<String>> query) {
    Binding binding = new Binding();
    @Nullable Object[] values = new @Nullable Object[shape.components().size()];
    for (Map.Entry<String, List<String>> parameter : query.entrySet()) {
      if (path.containsKey(parameter.getKey())) {
        binding.unknownField(parameter.getKey());
      } else {
        binding.bindStrings(Map.of(parameter.getKey(), parameter.getValue()), shape, values);
      }
    }
    binding.bindStrings(single(path), shape, values);
    return finish(binding, values);
  }

  private I finish(Binding binding, @Nullable Object[] values) {
    Object record = binding.finish(shape, values);
    binding.throwIfWrong();
    return type.cast(record);
  }

  private Set<String> names() {
    return shape.components().stream()
        .map(RecordShape.Component::name)
        .collect(java.util.stream.Collectors.toSet());
  }

  private static Map<String, List<String>> single(Map<String, String> path) {
    Map<String, List<String>> lists = new java.util.LinkedHashMap<>();
    path.forEach((name, value) -> lists.put(name, List.of(value)));
    return lists;
  }

  private static AidbException unknown(Set<String> names) {
    Binding binding = new Binding();
    names.forEach(binding::unknownField);
    try {
      binding.throwIfWrong();
      throw new IllegalStateException("no name, no error");
    } catch (AidbException e) {
      return e;
    }
  }
}
