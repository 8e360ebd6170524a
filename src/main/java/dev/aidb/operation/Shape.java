package dev.aidb.operation;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What JSON a Java type stands for; the binder and the schemas both switch over it. */
sealed interface Shape {
  record Text() implements Shape {}

  record Truth() implements Shape {}

  /** An int or a long, with the bounds of the type. */
  record Whole(long min, long max) implements Shape {}

  /** A double, or a float when single. */
  record Real(boolean single) implements Shape {}

  record Id() implements Shape {}

  record Moment() implements Shape {}

  record Span() implements Shape {}

  /** An enum; {@code byName} goes from the lower-case name to the constant. */
  record Choice(Map<String, Object> byName) implements Shape {}

  /** A {@code float[]}. */
  record Vector() implements Shape {}

  record Items(Typed element, boolean distinct) implements Shape {}

  /** A record; a class and not its {@link RecordShape}, since records may hold themselves. */
  record Nested(Class<?> type) implements Shape {}

  /** A {@code Map<String, Object>}. */
  record FreeObject() implements Shape {}

  record MapOf(Typed value) implements Shape {}

  record Anything() implements Shape {}

  /** An {@code Optional}; only answers have them. */
  record Maybe(Typed inner) implements Shape {}

  record Unsupported(String type) implements Shape {}

  /**
   * A shape with the annotations of the place where it is used.
   *
   * @param rules the field or the type argument
   */
  record Typed(Shape shape, AnnotatedElement rules) {}

  static Typed of(AnnotatedType type, AnnotatedElement rules) {
    return new Typed(shape(type), rules);
  }

  private static Typed argument(AnnotatedType type, int index) {
    AnnotatedType argument =
        ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[index];
    return of(argument, argument);
  }

  private static Shape shape(AnnotatedType annotated) {
    Type type = annotated.getType();
    if (type instanceof ParameterizedType parameterized) {
      return generic((Class<?>) parameterized.getRawType(), annotated);
    }
    if (!(type instanceof Class<?> raw)) {
      return new Unsupported(type.getTypeName());
    }
    if (raw == float[].class) {
      return new Vector();
    }
    if (annotated instanceof AnnotatedArrayType array) {
      AnnotatedType element = array.getAnnotatedGenericComponentType();
      return new Items(of(element, element), false);
    }
    return plain(raw);
  }

  static Shape plain(Class<?> raw) {
    if (raw == String.class) {
      return new Text();
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return new Truth();
    }
    if (raw == int.class || raw == Integer.class) {
      return new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (raw == long.class || raw == Long.class) {
      return new Whole(Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (raw == double.class || raw == Double.class) {
      return new Real(false);
    }
    if (raw == float.class || raw == Float.class) {
      return new Real(true);
    }
    if (raw == UUID.class) {
      return new Id();
    }
    if (raw == Instant.class) {
      return new Moment();
    }
    if (raw == Duration.class) {
      return new Span();
    }
    if (raw == Object.class) {
      return new Anything();
    }
    if (raw.isEnum()) {
      Map<String, Object> byName = new LinkedHashMap<>();
      for (Object constant : raw.getEnumConstants()) {
        byName.put(((Enum<?>) constant).name().toLowerCase(Locale.ROOT), constant);
      }
      return new Choice(byName);
    }
    return raw.isRecord() ? new Nested(raw) : new Unsupported(raw.getTypeName());
  }

  private static Shape generic(Class<?> raw, AnnotatedType type) {
    if (raw == List.class || raw == Collection.class) {
      return new Items(argument(type, 0), false);
    }
    if (raw == Set.class) {
      return new Items(argument(type, 0), true);
    }
    if (raw == Optional.class) {
      return new Maybe(argument(type, 0));
    }
    if (raw == Map.class) {
      Typed value = argument(type, 1);
      return value.shape() instanceof Anything ? new FreeObject() : new MapOf(value);
    }
    return raw.isRecord() ? new Nested(raw) : new Unsupported(type.getType().getTypeName());
  }
}
