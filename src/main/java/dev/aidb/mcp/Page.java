package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Cursor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Cuts lists into pages that begin after a name. */
final class Page {
  /** The most entries of a page. */
  static final int SIZE = 50;

  private Page() {}

  /**
   * A page of a list that is held in memory.
   *
   * @param field the name of the list in the result
   * @param name what tells the entries apart
   * @throws RpcError for a cursor that no page gave
   */
  static <T> Map<String, Object> of(
      String field,
      List<T> all,
      Optional<String> cursor,
      Function<T, String> name,
      Function<T, Map<String, Object>> entry) {
    int start = cursor.map(Page::key).map(last -> after(all, last, name)).orElse(0);
    int end = Math.min(all.size(), start + SIZE);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put(field, all.subList(start, end).stream().map(entry).toList());
    if (end < all.size()) {
      page.put("nextCursor", Cursor.of(name.apply(all.get(end - 1))));
    }
    return page;
  }

  /**
   * What a cursor holds.
   *
   * @throws RpcError when it is none
   */
  static String key(String cursor) {
    try {
      return Cursor.text(cursor).orElseThrow(Page::bad);
    } catch (AidbException e) {
      throw bad();
    }
  }

  private static <T> int after(List<T> all, String last, Function<T, String> name) {
    for (int i = 0; i < all.size(); i++) {
      if (name.apply(all.get(i)).equals(last)) {
        return i + 1;
      }
    }
    throw bad();
  }

  static RpcError bad() {
    return RpcError.invalidParams("cursor must be the nextCursor of an earlier answer");
  }
}
