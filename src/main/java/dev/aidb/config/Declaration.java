package dev.aidb.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A key as the records declare it.
 *
 * @param path the key, such as {@code database.pool.size}
 * @param key what its component says of it
 * @param type the class of its value or, for a list or an optional, of the value inside
 * @param list whether it takes any number of values
 * @param optional whether it may have none
 */
record Declaration(String path, Key key, Class<?> type, boolean list, boolean optional) {

  static Declaration of(String parent, RecordComponent component) {
    Key key = component.getAnnotation(Key.class);
    Class<?> raw = component.getType();
    boolean list = raw == List.class;
    boolean optional = raw == Optional.class;
    Class<?> type =
        component.getGenericType() instanceof ParameterizedType parameterized
            ? (Class<?>) parameterized.getActualTypeArguments()[0]
            : raw;
    String name = key.name().isEmpty() ? snakeCase(component.getName()) : key.name();
    return new Declaration(
        parent + name + (type == Secret.class ? "_file" : ""), key, type, list, optional);
  }

  /** The variable that sets the key, such as {@code AIDB_DATABASE_POOL_SIZE}. */
  String variable() {
    return "AIDB_" + path.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  boolean secret() {
    return type == Secret.class;
  }

  /** The key of the secret itself, which only the environment may hold. */
  String secretPath() {
    return path.substring(0, path.length() - "_file".length());
  }

  /** The variable that holds the secret itself. */
  String secretVariable() {
    return variable().substring(0, variable().length() - "_FILE".length());
  }

  static String snakeCase(String camelCase) {
    return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
