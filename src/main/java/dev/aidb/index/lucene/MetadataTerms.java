package dev.aidb.index.lucene;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefBuilder;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/**
 * How metadata becomes terms of one field: {@code key 0xFE type value}.
 *
 * <p>Keys and texts are written in CESU-8 (each UTF-16 unit on its own), so that bytes order as
 * code units do and neither 0xFE nor 0xFF ever occurs in them; numbers as eight bytes that order as
 * the numbers do. What is longer than {@link #WHOLE_BYTES_MAX} is cut there and followed by 0xFF
 * and its SHA-256: equality stays exact, and so does order against every shorter text.
 */
final class MetadataTerms {
  /** Up to how many bytes a text is kept whole. */
  static final int WHOLE_BYTES_MAX = 1_024;

  /** Nesting beyond this isn't searched; what is stored is far flatter. */
  private static final int DEPTH_MAX = 32;

  private static final byte END_OF_KEY = (byte) 0xFE;
  private static final byte CUT = (byte) 0xFF;
  private static final byte NUMBER = 'n';
  private static final byte TEXT = 't';
  private static final byte BOOLEAN = 'b';

  private MetadataTerms() {}

  /** Every term of a record's metadata, each once. */
  static Set<BytesRef> of(Map<String, Object> metadata) {
    Set<BytesRef> terms = new HashSet<>();
    addMap("", metadata, terms, 0);
    return terms;
  }

  private static void addMap(String path, Map<?, ?> map, Set<BytesRef> into, int depth) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String key = String.valueOf(entry.getKey());
      add(path.isEmpty() ? key : path + "." + key, entry.getValue(), into, depth);
    }
  }

  private static void add(String path, @Nullable Object value, Set<BytesRef> into, int depth) {
    if (depth > DEPTH_MAX) {
      return;
    }
    switch (value) {
      case Map<?, ?> map -> addMap(path, map, into, depth + 1);
      case Collection<?> list -> {
        for (Object element : list) {
          add(path, element, into, depth + 1);
        }
      }
      case String text -> into.add(term(path, text));
      case Number number -> into.add(term(path, number));
      case Boolean flag -> into.add(term(path, flag));
      case null, default -> {
        // A null satisfies no condition, and JSON has no other kind of value.
      }
    }
  }

  /** The term of one value of a condition; empty when no record can have such a value. */
  static BytesRef term(String key, Object value) {
    return switch (value) {
      case String text -> appendText(prefix(key, TEXT), text).toBytesRef();
      case Number number -> appendNumber(prefix(key, NUMBER), number.doubleValue()).toBytesRef();
      case Boolean flag -> {
        BytesRefBuilder term = prefix(key, BOOLEAN);
        term.append((byte) (flag ? 1 : 0));
        yield term.toBytesRef();
      }
      default -> throw new IllegalArgumentException("a value is a text, a number or a boolean");
    };
  }

  /** What every text of the key begins with. */
  static BytesRef texts(String key) {
    return prefix(key, TEXT).toBytesRef();
  }

  /** What every number of the key begins with. */
  static BytesRef numbers(String key) {
    return prefix(key, NUMBER).toBytesRef();
  }

  /** Whether a text is kept whole, so that order against any other text is exact. */
  static boolean isWhole(String text) {
    return appendCesu8(new BytesRefBuilder(), text).length() <= WHOLE_BYTES_MAX;
  }

  private static BytesRefBuilder prefix(String key, byte type) {
    BytesRefBuilder term = appendText(new BytesRefBuilder(), key);
    term.append(END_OF_KEY);
    term.append(type);
    return term;
  }

  private static BytesRefBuilder appendText(BytesRefBuilder to, String text) {
    BytesRef whole = appendCesu8(new BytesRefBuilder(), text).get();
    if (whole.length <= WHOLE_BYTES_MAX) {
      to.append(whole);
      return to;
    }
    to.append(whole.bytes, whole.offset, WHOLE_BYTES_MAX);
    to.append(CUT);
    byte[] digest = sha256(whole);
    to.append(digest, 0, digest.length);
    return to;
  }

  private static BytesRefBuilder appendNumber(BytesRefBuilder to, double number) {
    // Adding zero turns -0.0 into 0.0, which it equals.
    byte[] bytes = new byte[Long.BYTES];
    NumericUtils.longToSortableBytes(NumericUtils.doubleToSortableLong(number + 0.0), bytes, 0);
    to.append(bytes, 0, bytes.length);
    return to;
  }

  private static BytesRefBuilder appendCesu8(BytesRefBuilder to, String text) {
    to.grow(to.length() + text.length());
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit < 0x80) {
        to.append((byte) unit);
      } else if (unit < 0x800) {
        to.append((byte) (0xC0 | unit >> 6));
        to.append((byte) (0x80 | (unit & 0x3F)));
      } else {
        to.append((byte) (0xE0 | unit >> 12));
        to.append((byte) (0x80 | ((unit >> 6) & 0x3F)));
        to.append((byte) (0x80 | (unit & 0x3F)));
      }
    }
    return to;
  }

  private static byte[] sha256(BytesRef of) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(of.bytes, of.offset, of.length);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
