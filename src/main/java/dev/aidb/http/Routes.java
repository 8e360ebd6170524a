package dev.aidb.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a path: a tree of path segments in which a literal segment wins over a {@code
 * {parameter}}, and a template that ends in {@code /*} takes everything below it. Immutable once
 * built.
 *
 * @param <R> what a template and a method lead to
 */
final class Routes<R> {
  private final Node<R> root = new Node<>();

  /**
   * @throws IllegalArgumentException when the same template and method are taken already
   */
  Routes<R> add(String method, String template, R route) {
    Node<R> node = root;
    List<String> names = new ArrayList<>();
    for (String segment : template.substring(1).split("/", -1)) {
      if (segment.startsWith("{")) {
        names.add(segment.substring(1, segment.length() - 1));
        node = node.parameter == null ? node.parameter = new Node<>() : node.parameter;
      } else if (segment.equals("*")) {
        node = node.rest == null ? node.rest = new Node<>() : node.rest;
      } else {
        node = node.literals.computeIfAbsent(segment, s -> new Node<>());
      }
    }
    if (node.routes.putIfAbsent(method, new Taken<>(template, List.copyOf(names), route)) != null) {
      throw new IllegalArgumentException("Two routes for " + method + " " + template);
    }
    return this;
  }

  /**
   * @param rawPath a path as sent, percent-encoded
   * @throws dev.aidb.core.AidbException BAD_REQUEST when a parameter isn't percent-encoded UTF-8
   */
  Match<R> find(String method, String rawPath) {
    if (!rawPath.startsWith("/")) {
      return new Match.Unknown<>();
    }
    String[] segments = rawPath.substring(1).split("/", -1);
    List<String> values = new ArrayList<>(2);
    Node<R> node = root.descend(segments, 0, values);
    if (node == null) {
      return new Match.Unknown<>();
    }
    Taken<R> taken = node.routes.get(method);
    if (taken == null && method.equals("HEAD")) {
      taken = node.routes.get("GET");
    }
    if (taken == null) {
      return new Match.WrongMethod<>(node.allowed());
    }
    return new Match.Found<>(taken.route, taken.parameters(values));
  }

  /** What a path leads to. */
  sealed interface Match<R> {
    record Found<R>(R route, Map<String, String> parameters) implements Match<R> {}

    /** The path exists, with these methods. */
    record WrongMethod<R>(Set<String> allowed) implements Match<R> {}

    record Unknown<R>() implements Match<R> {}
  }

  private record Taken<R>(String template, List<String> names, R route) {
    Map<String, String> parameters(List<String> values) {
      if (names.isEmpty()) {
        return Map.of();
      }
      Map<String, String> parameters = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        parameters.put(names.get(i), Percent.decode(values.get(i)));
      }
      return parameters;
    }
  }

  private static final class Node<R> {
    private final Map<String, Node<R>> literals = new HashMap<>();
    private final Map<String, Taken<R>> routes = new TreeMap<>();
    private @Nullable Node<R> parameter;
    private @Nullable Node<R> rest;

    @Nullable Node<R> descend(String[] segments, int depth, List<String> values) {
      if (depth == segments.length) {
        return routes.isEmpty() ? null : this;
      }
      Node<R> literal = literals.get(segments[depth]);
      Node<R> found = literal == null ? null : literal.descend(segments, depth + 1, values);
      if (found == null && parameter != null && !segments[depth].isEmpty()) {
        values.add(segments[depth]);
        found = parameter.descend(segments, depth + 1, values);
        if (found == null) {
          values.removeLast();
        }
      }
      return found == null ? rest : found;
    }

    Set<String> allowed() {
      Set<String> allowed = new TreeSet<>(routes.keySet());
      allowed.add("OPTIONS");
      if (allowed.contains("GET")) {
        allowed.add("HEAD");
      }
      return allowed;
    }
  }
}
