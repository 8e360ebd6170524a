package dev.aidb.http;

/** What an acceptable {@code X-Request-ID} looks like: 1..128 of {@code A-Z a-z 0-9 . _ -}. */
final class RequestIds {
  private static final int LENGTH_MAX = 128;

  private RequestIds() {}

  static boolean sane(String id) {
    if (id.isEmpty() || id.length() > LENGTH_MAX) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean fits =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-';
      if (!fits) {
        return false;
      }
    }
    return true;
  }
}
