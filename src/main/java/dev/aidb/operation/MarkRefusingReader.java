package dev.aidb.operation;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.MalformedInputException;

/**
 * Characters that don't begin with a byte order mark; RFC 8259 forbids one, and a parser that skips
 * it silently would accept what another refuses.
 */
final class MarkRefusingReader extends FilterReader {
  private boolean started;

  MarkRefusingReader(Reader in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    char[] one = new char[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    int count = super.read(buffer, offset, length);
    if (!started && count > 0) {
      started = true;
      if (buffer[offset] == '\uFEFF') {
        throw new MalformedInputException(1);
      }
    }
    return count;
  }
}
