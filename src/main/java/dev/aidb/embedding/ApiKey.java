package dev.aidb.embedding;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The key that a {@link RemoteModel} presents. It never shows itself. */
public final class ApiKey {
  private static final int BYTES_MAX = 4_096;

  /** Why there is no key to present; the message never holds any of it. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  private interface Source {
    String read() throws Unusable;
  }

  private final Source source;

  private ApiKey(Source source) {
    this.source = source;
  }

  /** For an endpoint that asks for none. */
  public static ApiKey none() {
    return new ApiKey(() -> "");
  }

  /** This key. */
  public static ApiKey of(String key) {
    return new ApiKey(() -> checked(key));
  }

  /** A file with the key alone, read for each request so that it may be replaced. */
  public static ApiKey inFile(Path file) {
    return new ApiKey(() -> checked(contents(file)));
  }

  /** The key, or an empty text where none is needed. */
  String read() throws Unusable {
    return source.read();
  }

  private static String contents(Path file) throws Unusable {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new Unusable("its file is too long");
      }
      return Files.readString(file, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      Unusable unusable = new Unusable("its file can't be read");
      unusable.initCause(e);
      throw unusable;
    }
  }

  private static String checked(String key) throws Unusable {
    if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw new Unusable("it is empty or has characters that no key has");
    }
    return key;
  }

  @Override
  public String toString() {
    return "****";
  }
}
