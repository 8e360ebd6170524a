package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.invocation.Invocation;
import dev.aidb.operation.Cursor;
import dev.aidb.operation.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Collections ({@code aidb://nixos_docs}) and their documents ({@code aidb://nixos_docs/ID}), read
 * by the operations that read them elsewhere. The list has the collections first, then the approved
 * documents of one after the other.
 */
final class Resources {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "aidb://([a-z0-9][a-z0-9_-]{0,63})(?:/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}))?");
  private static final Pattern PLACE =
      Pattern.compile("(c|d):([a-z0-9_-]{0,64}):([A-Za-z0-9_-]{0,200})");
  private static final String JSON = "application/json";
  private static final int COLLECTIONS_A_PAGE = 100;

  /** How many collections without documents a page passes over before it ends early. */
  private static final int EMPTY_MAX = 20;

  private static final Outcome.Caching NOT = new Outcome.Caching(0, false);
  private static final Outcome.Caching A_MINUTE = new Outcome.Caching(60_000, false);
  private static final Outcome.Caching AN_HOUR = new Outcome.Caching(3_600_000, true);

  private final Invocation<?, ?> listCollections;
  private final Invocation<?, ?> getCollection;
  private final Invocation<?, ?> listDocuments;
  private final Invocation<?, ?> getDocument;

  private Resources(
      Invocation<?, ?> listCollections,
      Invocation<?, ?> getCollection,
      Invocation<?, ?> listDocuments,
      Invocation<?, ?> getDocument) {
    this.listCollections = listCollections;
    this.getCollection = getCollection;
    this.listDocuments = listDocuments;
    this.getDocument = getDocument;
  }

  /** The resources; empty where an operation that they need doesn't exist. */
  static Optional<Resources> of(List<Capability> capabilities) {
    return named(capabilities, "list_collections")
        .flatMap(collections ->
            named(capabilities, "get_collection")
                .flatMap(collection ->
                    named(capabilities, "list_documents")
                        .flatMap(documents ->
                            named(capabilities, "get_document")
                                .map(document ->
                                    new Resources(collections, collection, documents, document)))));
  }

  private static Optional<Invocation<?, ?>> named(List<Capability> all, String name) {
    return all.stream()
        .filter(each -> each.name().equals(name))
        .<Invocation<?, ?>>map(Capability::invocation)
        .findFirst();
  }

  /** {@code resources/templates/list}. */
  Outcome templates(Asked asked) {
    if (asked.cursor().isPresent()) {
      throw Page.bad(); // there is but one page
    }
    return Outcome.of(
        Map.of(
            "resourceTemplates",
            List.of(
                template("aidb://{collection}", "collection", "A collection's settings", JSON),
                template(
                    "aidb://{collection}/{document_id}",
                    "document",
                    "A whole document, by the id of a search result",
                    ""))),
        AN_HOUR);
  }

  private static Map<String, Object> template(
      String uri, String name, String description, String type) {
    Map<String, Object> template = new LinkedHashMap<>();
    template.put("uriTemplate", uri);
    template.put("name", name);
    template.put("description", description);
    if (!type.isEmpty()) {
      template.put("mimeType", type);
    }
    return template;
  }

  /** {@code resources/list}. */
  Outcome list(Asked asked) {
    String place = asked.cursor().map(Page::key).orElse("c::");
    Matcher where = PLACE.matcher(place);
    if (!where.matches()) {
      throw Page.bad();
    }
    Map<String, Object> page =
        where.group(1).equals("c")
            ? collections(asked, where.group(3))
            : documents(asked, where.group(2), where.group(3));
    return Outcome.of(page, A_MINUTE);
  }

  private Map<String, Object> collections(Asked asked, String cursor) {
    JsonNode answer = listed(asked, listCollections, Page.SIZE, cursor, Map.of());
    List<Map<String, Object>> resources = new ArrayList<>();
    answer.path("collections").forEach(each -> resources.add(collection(each)));
    String next = answer.path("next_cursor").asString("");
    return page(resources, next.isEmpty() ? "d::" : "c::" + next);
  }

  private Map<String, Object> documents(Asked asked, String collection, String cursor) {
    Optional<String> name =
        cursor.isEmpty() ? collectionAfter(asked, collection) : Optional.of(collection);
    String from = cursor;
    for (int passed = 0; name.isPresent(); passed++) {
      Map<String, Object> filter = Map.of("collection", name.get(), "status", "approved");
      JsonNode answer = listed(asked, listDocuments, Page.SIZE, from, filter);
      List<Map<String, Object>> resources = new ArrayList<>();
      answer.path("documents").forEach(each -> resources.add(document(each)));
      String next = answer.path("next_cursor").asString("");
      if (!next.isEmpty() || !resources.isEmpty() || passed == EMPTY_MAX) {
        return page(resources, "d:" + name.get() + ":" + next);
      }
      from = "";
      name = collectionAfter(asked, name.get());
    }
    return page(List.of(), "");
  }

  private Optional<String> collectionAfter(Asked asked, String name) {
    String cursor = "";
    do {
      JsonNode answer = listed(asked, listCollections, COLLECTIONS_A_PAGE, cursor, Map.of());
      for (JsonNode each : answer.path("collections")) {
        String found = each.path("name").asString("");
        if (found.compareTo(name) > 0) {
          return Optional.of(found);
        }
      }
      cursor = answer.path("next_cursor").asString("");
    } while (!cursor.isEmpty());
    return Optional.empty();
  }

  private static JsonNode listed(
      Asked asked, Invocation<?, ?> list, int limit, String cursor, Map<String, Object> filter) {
    Map<String, Object> input = new LinkedHashMap<>(filter);
    input.put("limit", limit);
    if (!cursor.isEmpty()) {
      input.put("cursor", cursor);
    }
    return Json.mapper().valueToTree(Calls.paid(asked, list, input));
  }

  private static Map<String, Object> page(List<Map<String, Object>> resources, String next) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("resources", resources);
    if (!next.isEmpty()) {
      page.put("nextCursor", Cursor.of(next));
    }
    return page;
  }

  private static Map<String, Object> collection(JsonNode collection) {
    String name = collection.path("name").asString("");
    Map<String, Object> resource = new LinkedHashMap<>();
    resource.put("uri", "aidb://" + name);
    resource.put("name", name);
    String description = collection.path("description").asString("");
    resource.put("description", description.isEmpty() ? "A collection" : description);
    resource.put("mimeType", JSON);
    return resource;
  }

  private static Map<String, Object> document(JsonNode document) {
    Map<String, Object> resource = new LinkedHashMap<>();
    resource.put("uri", address(document));
    resource.put("name", document.path("path").asString(""));
    resource.put("title", document.path("title").asString(""));
    resource.put("mimeType", document.path("content_type").asString("text/plain"));
    return resource;
  }

  private static String address(JsonNode document) {
    return "aidb://"
        + document.path("collection").asString("")
        + "/"
        + document.path("id").asString("");
  }

  /** {@code resources/read}. */
  Outcome read(Asked asked) {
    String uri = asked.required("uri");
    Matcher address = ADDRESS.matcher(uri);
    if (!address.matches()) {
      throw RpcError.noResource(uri, asked.revision());
    }
    String id = address.group(2);
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("uri", uri);
    if (id == null) {
      JsonNode collection = found(asked, uri, getCollection, Map.of("name", address.group(1)));
      content.put("mimeType", JSON);
      content.put("text", collection.toString());
    } else {
      JsonNode document = found(asked, uri, getDocument, Map.of("id", id));
      if (!document.path("collection").asString("").equals(address.group(1))) {
        throw RpcError.noResource(uri, asked.revision());
      }
      content.put("mimeType", document.path("content_type").asString("text/plain"));
      content.put("text", document.path("content").asString(""));
    }
    return Outcome.of(Map.of("contents", List.of(content)), NOT);
  }

  private static JsonNode found(
      Asked asked, String uri, Invocation<?, ?> read, Map<String, Object> input) {
    try {
      return Json.mapper().valueToTree(Calls.read(asked, read, input));
    } catch (AidbException e) {
      switch (e.code()) {
        case NOT_FOUND, UNKNOWN_COLLECTION -> throw RpcError.noResource(uri, asked.revision());
        default -> throw e;
      }
    }
  }
}
