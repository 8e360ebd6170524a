package dev.aidb.operation;

import dev.aidb.core.AidbException;
import dev.aidb.core.FieldError;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One input on its way into records: reads values, remembers what is wrong with them and where.
 * Used once, by one thread.
 *
 * <p>A value that is absent is null; one that is wrong is {@link #WRONG}, its error already noted.
 */
final class Binding {
  /** The most errors that one answer lists. */
  static final int MAX_ERRORS = 100;

  private static final Object WRONG = Wrong.VALUE;
  private static final Pattern SANE_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]{0,63})(\\.[0-9]{1,63})?([eE][+-]?[0-9]{1,4})?");
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final StringBuilder path = new StringBuilder();
  private final Set<FieldError> wrong = new LinkedHashSet<>();
  private final Set<FieldError> missing = new LinkedHashSet<>();
  private final Set<FieldError> broken = new LinkedHashSet<>();

  /** Reads the object at the parser into values by component. */
  @Nullable Object[] readFields(JsonParser parser, RecordShape shape, Set<String> taken) {
    @Nullable Object[] values = new @Nullable Object[shape.components().size()];
    int start = path.length();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      RecordShape.Component component = taken.contains(name) ? null : shape.component(name);
      enter(component == null ? sane(name) : name);
      if (component == null) {
        unknown();
        parser.skipChildren();
      } else {
        values[component.index()] = read(parser, component.typed());
      }
      path.setLength(start);
    }
    return values;
  }

  void bindStrings(
      Map<String, List<String>> strings, RecordShape shape, @Nullable Object[] values) {
    for (Map.Entry<String, List<String>> entry : strings.entrySet()) {
      RecordShape.Component component = shape.component(entry.getKey());
      enter(component == null ? sane(entry.getKey()) : entry.getKey());
      if (component == null) {
        unknown();
      } else {
        values[component.index()] = parse(entry.getValue(), component.typed().shape());
      }
      path.setLength(0);
    }
  }

  void unknownField(String name) {
    enter(sane(name));
    unknown();
    path.setLength(0);
  }

  /** The record of these values, or {@link #WRONG}; fills in defaults, checks every rule. */
  Object finish(RecordShape shape, @Nullable Object[] values) {
    int start = path.length();
    boolean whole = true;
    for (RecordShape.Component component : shape.components()) {
      Object value = values[component.index()];
      if (value == null && component.defaultText() != null) {
        values[component.index()] = defaultOf(component);
      } else if (value == null && component.required()) {
        enter(component.name());
        add(missing, "required", "is required");
        path.setLength(start);
        whole = false;
      } else if (value instanceof Wrong) {
        whole = false;
      }
    }
    return whole ? create(shape, values) : checkParts(shape, values);
  }

  private Object create(RecordShape shape, @Nullable Object[] values) {
    String here = path.toString();
    Object record;
    try {
      record = shape.create(values);
    } catch (AidbException e) {
      // A constructor names its own fields; the client needs the way to them.
      for (FieldError error : e.errors()) {
        String field = here.isEmpty() ? error.field() : here + "." + error.field();
        note(broken, new FieldError(field, error.code(), error.message()));
      }
      if (e.errors().isEmpty()) {
        note(broken, new FieldError(here.isEmpty() ? "(body)" : here, "invalid", e.detail()));
      }
      return checkParts(shape, values);
    } catch (IllegalArgumentException e) {
      String message = e.getMessage() == null ? "is not valid" : e.getMessage();
      note(broken, new FieldError(here.isEmpty() ? "(body)" : here, "invalid", message));
      return checkParts(shape, values);
    }
    List<FieldError> errors = Constraints.check(here, record);
    errors.forEach(error -> note(broken, error));
    return errors.isEmpty() ? record : WRONG;
  }

  private Object checkParts(RecordShape shape, @Nullable Object[] values) {
    String here = path.toString();
    for (RecordShape.Component component : shape.components()) {
      Object value = values[component.index()];
      if (value != null && !(value instanceof Wrong)) {
        Constraints.check(here, shape, component, value).forEach(error -> note(broken, error));
      }
    }
    return WRONG;
  }

  /** All errors, the wrong types first, then what is missing, then the broken rules. */
  void throwIfWrong() {
    List<FieldError> all = new ArrayList<>(wrong);
    all.addAll(missing);
    all.addAll(broken);
    if (!all.isEmpty()) {
      throw AidbException.invalid(all.subList(0, Math.min(MAX_ERRORS, all.size())));
    }
  }

  // ---- values from JSON

  private @Nullable Object read(JsonParser parser, Shape.Typed typed) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    return switch (typed.shape()) {
      case Shape.Text t ->
          token == JsonToken.VALUE_STRING ? parser.getString() : skip(parser, "must be a string");
      case Shape.Truth t ->
          switch (token) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> skip(parser, "must be a boolean");
          };
      case Shape.Whole whole -> readWhole(parser, whole);
      case Shape.Real real ->
          token.isNumeric()
              ? number(parser.getDoubleValue(), real)
              : skip(parser, "must be a number");
      case Shape.Id id -> readText(parser, "must be a UUID", id);
      case Shape.Moment moment -> readText(parser, "must be an RFC 3339 date and time", moment);
      case Shape.Choice choice ->
          token == JsonToken.VALUE_STRING
              ? choose(choice, parser.getString())
              : skip(parser, "must be a string");
      case Shape.Vector v ->
          token == JsonToken.START_ARRAY
              ? readVector(parser, maxItems(typed))
              : skip(parser, "must be an array of numbers");
      case Shape.Items items ->
          token == JsonToken.START_ARRAY
              ? readItems(parser, items, maxItems(typed))
              : skip(parser, "must be an array");
      case Shape.Nested nested ->
          token == JsonToken.START_OBJECT
              ? readNested(parser, RecordShape.of(nested.type()))
              : skip(parser, "must be an object");
      case Shape.FreeObject o ->
          token == JsonToken.START_OBJECT ? readFree(parser) : skip(parser, "must be an object");
      case Shape.Anything a -> readFree(parser);
      case Shape.MapOf o -> throw unsupported();
      case Shape.Maybe o -> throw unsupported();
      case Shape.Span o -> throw unsupported();
      case Shape.Unsupported o -> throw unsupported();
    };
  }

  private Object readNested(JsonParser parser, RecordShape shape) {
    return finish(shape, readFields(parser, shape, Set.of()));
  }

  private Object readText(JsonParser parser, String rule, Shape shape) {
    return parser.currentToken() == JsonToken.VALUE_STRING
        ? parseOne(parser.getString(), shape)
        : skip(parser, rule);
  }

  private Object readWhole(JsonParser parser, Shape.Whole whole) {
    if (!parser.currentToken().isNumeric()) {
      return skip(parser, "must be an integer");
    }
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return switch (parser.getNumberType()) {
        case INT, LONG -> fit(parser.getLongValue(), whole);
        default -> outOfRange(whole);
      };
    }
    return whole(parser.getString(), whole);
  }

  private Object number(double value, Shape.Real real) {
    if (real.single() && Float.isFinite((float) value)) {
      return (float) value;
    }
    return !real.single() && Double.isFinite(value)
        ? value
        : fail("range", "must be a finite number");
  }

  /** At most {@code max + 1} numbers are kept: enough to see that there are too many. */
  private Object readVector(JsonParser parser, int max) {
    float[] vector = new float[Math.min(max, 384)];
    int count = 0;
    int errors = 0;
    int start = path.length();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (count > max || !token.isNumeric()) {
        if (count <= max && errors++ < MAX_ERRORS) {
          path.append('[').append(count).append(']');
          fail("type", "must be a number");
          path.setLength(start);
        }
        parser.skipChildren();
        count = Math.min(count + 1, Integer.MAX_VALUE - 1);
        continue;
      }
      if (count == vector.length) {
        vector = Arrays.copyOf(vector, (int) Math.min(Math.max(16L, count * 2L), max + 1L));
      }
      vector[count++] =
          parser.getFloatValue(); // beyond a float's range: infinite, see FiniteVector
    }
    if (errors > 0) {
      return WRONG;
    }
    return count == vector.length ? vector : Arrays.copyOf(vector, Math.min(count, vector.length));
  }

  private Object readItems(JsonParser parser, Shape.Items items, int max) {
    Collection<Object> values = items.distinct() ? new LinkedHashSet<>() : new ArrayList<>();
    boolean whole = true;
    long count = 0;
    int start = path.length();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (count++ > max) {
        parser.skipChildren();
        continue;
      }
      path.append('[').append(count - 1).append(']');
      Object value = read(parser, items.element());
      if (value == null) {
        value = fail("type", "must not be null");
      }
      whole &= !(value instanceof Wrong);
      values.add(value);
      path.setLength(start);
    }
    return items(values, items.distinct(), whole, count, max);
  }

  private Object items(
      Collection<Object> values, boolean distinct, boolean whole, long count, int max) {
    if (!whole) {
      if (count > max) {
        Broken rule = Constraints.tooMany(max);
        add(broken, rule.code(), rule.message());
      }
      return WRONG;
    }
    return distinct
        ? Collections.unmodifiableSet((Set<Object>) values)
        : Collections.unmodifiableList((List<Object>) values);
  }

  private @Nullable Object readFree(JsonParser parser) {
    Object value = Json.readValue(parser);
    return Json.isFinite(value) ? value : fail("range", "must have only finite numbers");
  }

  private static int maxItems(Shape.Typed typed) {
    Size size = typed.rules().getAnnotation(Size.class);
    return size == null ? Integer.MAX_VALUE - 8 : size.max();
  }

  private Object skip(JsonParser parser, String rule) {
    parser.skipChildren();
    return fail("type", rule);
  }

  /** The value of a parameter that was sent one or more times. */
  private Object parse(List<String> texts, Shape shape) {
    if (shape instanceof Shape.Items items) {
      return parseItems(texts, items);
    }
    if (texts.size() != 1) {
      return fail("type", "must be given once");
    }
    return parseOne(texts.getFirst(), shape);
  }

  private Object parseItems(List<String> texts, Shape.Items items) {
    Collection<Object> values = items.distinct() ? new LinkedHashSet<>() : new ArrayList<>();
    boolean whole = true;
    int start = path.length();
    int count = 0;
    for (String text : texts) {
      for (String part : text.split(",", -1)) {
        path.append('[').append(count++).append(']');
        Object value = parseOne(part, items.element().shape());
        whole &= !(value instanceof Wrong);
        values.add(value);
        path.setLength(start);
      }
    }
    return items(values, items.distinct(), whole, 0, 0);
  }

  private Object parseOne(String text, Shape shape) {
    return switch (shape) {
      case Shape.Text t -> text;
      case Shape.Truth t ->
          switch (text) {
            case "true", "" -> true; // ?verbose says as much as ?verbose=true
            case "false" -> false;
            default -> fail("type", "must be a boolean");
          };
      case Shape.Whole whole ->
          NUMBER.matcher(text).matches() ? whole(text, whole) : fail("type", "must be an integer");
      case Shape.Real real ->
          NUMBER.matcher(text).matches()
              ? number(Double.parseDouble(text), real)
              : fail("type", "must be a number");
      case Shape.Id id ->
          UUID_TEXT.matcher(text).matches()
              ? UUID.fromString(text)
              : fail("type", "must be a UUID");
      case Shape.Moment m -> parseMoment(text);
      case Shape.Choice choice -> choose(choice, text);
      case Shape.Vector o -> throw unsupported();
      case Shape.Items o -> throw unsupported();
      case Shape.Nested o -> throw unsupported();
      case Shape.FreeObject o -> throw unsupported();
      case Shape.Anything o -> throw unsupported();
      case Shape.MapOf o -> throw unsupported();
      case Shape.Maybe o -> throw unsupported();
      case Shape.Span o -> throw unsupported();
      case Shape.Unsupported o -> throw unsupported();
    };
  }

  private Object parseMoment(String text) {
    try {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
    } catch (DateTimeException e) {
      return fail("type", "must be an RFC 3339 date and time");
    }
  }

  private Object choose(Shape.Choice choice, String name) {
    Object constant = choice.byName().get(name);
    return constant != null
        ? constant
        : fail("enum", "must be one of: " + String.join(", ", choice.byName().keySet()));
  }

  /** A whole number in any notation: 10, 10.0 and 1e1 are the same number in JSON. */
  private Object whole(String text, Shape.Whole whole) {
    double rough = Double.parseDouble(text);
    if (Math.abs(rough) > 0x1p63) {
      return outOfRange(whole); // before an exponent could blow up a BigInteger
    }
    try {
      BigDecimal exact = new BigDecimal(text).stripTrailingZeros();
      return exact.scale() > 0
          ? fail("type", "must be an integer")
          : fit(exact.longValueExact(), whole);
    } catch (ArithmeticException e) {
      return outOfRange(whole);
    } catch (NumberFormatException e) {
      return fail("type", "must be an integer"); // an exponent of more than nine digits
    }
  }

  private Object fit(long value, Shape.Whole whole) {
    if (value < whole.min() || value > whole.max()) {
      return outOfRange(whole);
    }
    return whole.max() == Integer.MAX_VALUE ? (Object) (int) value : (Object) value;
  }

  private Object outOfRange(Shape.Whole whole) {
    return fail("range", "must be between " + whole.min() + " and " + whole.max());
  }

  /** What a component's {@link Default} stands for; thrown errors are a declaration's fault. */
  static Object defaultOf(RecordShape.Component component) {
    String text = Optional.ofNullable(component.defaultText()).orElseThrow();
    Shape shape = component.typed().shape();
    Binding binding = new Binding();
    Object value;
    if (shape instanceof Shape.Items items) {
      value = binding.defaultItems(text, items);
    } else {
      value = binding.parseOne(text, shape);
    }
    if (value instanceof Wrong) {
      throw new IllegalArgumentException("@Default of " + component.name() + " doesn't fit");
    }
    return value;
  }

  private Object defaultItems(String text, Shape.Items items) {
    String inner =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (inner.isBlank()) {
      return items.distinct() ? Set.of() : List.of();
    }
    List<String> parts =
        Arrays.stream(inner.split(",", -1)).map(part -> part.strip().replace("\"", "")).toList();
    return parseItems(parts, items);
  }

  private void enter(String name) {
    path.append(path.isEmpty() ? "" : ".").append(name);
  }

  private static String sane(String name) {
    return SANE_NAME.matcher(name).matches() ? name : "(unknown)";
  }

  private void unknown() {
    fail("unknown_field", "is not a known field");
  }

  private Object fail(String code, String message) {
    add(wrong, code, message);
    return WRONG;
  }

  private void add(Set<FieldError> errors, String code, String message) {
    note(errors, new FieldError(path.isEmpty() ? "(body)" : path.toString(), code, message));
  }

  private static void note(Set<FieldError> errors, FieldError error) {
    if (errors.size() < MAX_ERRORS) {
      errors.add(error);
    }
  }

  private static IllegalStateException unsupported() {
    return new IllegalStateException("the declaration was not checked by Operations");
  }

  /** Stands where a value would be. */
  private enum Wrong {
    VALUE
  }
}
