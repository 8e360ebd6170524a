package dev.aidb.operation;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * The JSON of the program: how records are written, and how strict the reader is.
 *
 * <p>Written: fields in snake_case and in the order of the record, nulls and empty Optionals left
 * out, enum constants in lower case, instants as RFC 3339 in UTC with 3, 6 or 9 digits of second, a
 * {@code float[]} with the shortest text of each number. Free-form maps are written as they are,
 * nulls included.
 *
 * <p>Read: RFC 8259 in UTF-8 without a byte order mark, no duplicate names, nesting at most {@value
 * #MAX_DEPTH}, names at most {@value #MAX_NAME} characters, numbers at most {@value #MAX_NUMBER}.
 *
 * <p>Thread-safe.
 */
public final class Json {
  /** The deepest nesting of objects and arrays that is read. */
  public static final int MAX_DEPTH = 64;

  /** The longest field name that is read, in UTF-16 units. */
  public static final int MAX_NAME = 256;

  /** The longest number that is read, in characters. */
  public static final int MAX_NUMBER = 64;

  private static final int MAX_STRING = 16 * 1024 * 1024;

  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(MAX_NAME)
                  .maxNumberLength(MAX_NUMBER)
                  .maxStringLength(MAX_STRING)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(STRICT)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .changeDefaultVisibility(visibility ->
              visibility
                  .withIsGetterVisibility(JsonAutoDetect.Visibility.NONE)
                  .withGetterVisibility(JsonAutoDetect.Visibility.NONE)
                  .withFieldVisibility(JsonAutoDetect.Visibility.ANY))
          .addModule(
              new SimpleModule("aidb")
                  .addSerializer(Instant.class, new InstantWriter())
                  .addSerializer(Enum.class, new EnumWriter())
                  .addKeySerializer(Enum.class, new EnumKeyWriter()))
          .build();

  private Json() {}

  /** The mapper that writes every answer. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /** The value as JSON in UTF-8. */
  public static byte[] bytes(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** The value as JSON. */
  public static String text(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** Writes the value as JSON in UTF-8 and leaves the stream open. */
  public static void write(Object value, OutputStream out) {
    MAPPER.writer().without(StreamWriteFeature.AUTO_CLOSE_TARGET).writeValue(out, value);
  }

  /** A strict parser of UTF-8; {@link #malformed} says in public what it throws. */
  public static JsonParser parser(InputStream json) {
    return parser(
        new InputStreamReader(
            json,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)));
  }

  /** A strict parser of characters. */
  public static JsonParser parser(Reader json) {
    return MAPPER.createParser(new MarkRefusingReader(json));
  }

  /**
   * A JSON value as a free-form tree of String, Long, Double, Boolean, List, Map and null.
   *
   * @throws AidbException MALFORMED_JSON when it is no JSON
   */
  public static @Nullable Object read(byte[] json) {
    try (JsonParser parser = parser(new ByteArrayInputStream(json))) {
      if (parser.nextToken() == null) {
        throw Malformed.at(parser, "the text is empty");
      }
      Object value = readValue(parser);
      if (parser.nextToken() != null) {
        throw Malformed.at(parser, "unexpected content after the value");
      }
      if (!isFinite(value)) {
        throw Malformed.at(parser, "a number is out of range");
      }
      return value;
    } catch (JacksonException e) {
      throw Malformed.because(e);
    }
  }

  /** {@link #read(byte[])} of a text. */
  public static @Nullable Object read(String json) {
    return read(json.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A JSON object as a free-form map, in the order of the text.
   *
   * @throws AidbException MALFORMED_JSON when it is no JSON object
   */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> readObject(String json) {
    if (read(json) instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new AidbException(ErrorCode.MALFORMED_JSON, "Malformed JSON: an object is expected");
  }

  /** {@link #readObject(String)} of UTF-8. */
  public static Map<String, Object> readObject(byte[] json) {
    return readObject(new String(json, StandardCharsets.UTF_8));
  }

  /** What the parser threw, as the 400 that a client gets; the input is not echoed. */
  public static AidbException malformed(JacksonException e) {
    return Malformed.because(e);
  }

  /**
   * The value at the parser's current token as a free-form tree; afterwards the parser is at the
   * value's last token. A number that no finite double holds is infinite, see {@link #isFinite}.
   */
  static @Nullable Object readValue(JsonParser parser) {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> readInteger(parser);
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(readValue(parser));
        }
        yield Collections.unmodifiableList(list);
      }
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
          parser.nextToken();
          map.put(name, readValue(parser));
        }
        yield Collections.unmodifiableMap(map);
      }
      case null, default -> throw Malformed.at(parser, "a value is expected");
    };
  }

  private static Object readInteger(JsonParser parser) {
    return switch (parser.getNumberType()) {
      case INT, LONG -> (Object) parser.getLongValue();
      default -> parser.getDoubleValue();
    };
  }

  /** Whether every number in the tree is finite. */
  static boolean isFinite(@Nullable Object tree) {
    return switch (tree) {
      case Double number -> Double.isFinite(number);
      case Map<?, ?> map -> map.values().stream().allMatch(Json::isFinite);
      case List<?> list -> list.stream().allMatch(Json::isFinite);
      case null, default -> true;
    };
  }

  /** The name of a record component or an enum-like Java name on the wire. */
  static String fieldName(String javaName) {
    return WireNames.INSTANCE.translate(javaName);
  }

  /** Opens the mapper's own translation, so that no second one can differ from it. */
  private static final class WireNames extends PropertyNamingStrategies.SnakeCaseStrategy {
    private static final long serialVersionUID = 1L;
    static final WireNames INSTANCE = new WireNames();

    @Override
    protected String translate(String name) {
      return super.translate(name);
    }
  }

  private static final class InstantWriter extends ValueSerializer<Instant> {
    private static final DateTimeFormatter MILLIS =
        new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializationContext context) {
      boolean whole = value.truncatedTo(ChronoUnit.MILLIS).equals(value);
      out.writeString(whole ? MILLIS.format(value) : value.toString());
    }
  }

  @SuppressWarnings("rawtypes")
  private static final class EnumWriter extends ValueSerializer<Enum> {
    @Override
    public void serialize(Enum value, JsonGenerator out, SerializationContext context) {
      out.writeString(value.name().toLowerCase(Locale.ROOT));
    }
  }

  @SuppressWarnings("rawtypes")
  private static final class EnumKeyWriter extends ValueSerializer<Enum> {
    @Override
    public void serialize(Enum value, JsonGenerator out, SerializationContext context) {
      out.writeName(value.name().toLowerCase(Locale.ROOT));
    }
  }
}
