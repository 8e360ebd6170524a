package dev.aidb.index.lucene;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.AlreadyClosedException;

/**
 * Views of the index as searches see it. A view is made anew only when something was applied since
 * the last, and by one thread for all that wait.
 */
final class Snapshots implements Closeable {
  private record View(DirectoryReader reader, long upTo) {
    View {
      // A reader makes its tree of segments when first asked, and not safely so for several
      // threads.
      reader.leaves();
    }
  }

  private final AtomicLong applied = new AtomicLong();
  private final ReentrantLock refreshing = new ReentrantLock();
  private final IndexWriter writer;
  private volatile View current;

  Snapshots(IndexWriter writer, long epoch) throws IOException {
    this.writer = writer;
    applied.set(epoch);
    this.current = new View(DirectoryReader.open(writer), applied.get());
  }

  /** Says that changes have reached the writer. */
  void changed() {
    applied.incrementAndGet();
  }

  /** Changes after each change, never before it. */
  long epoch() {
    return applied.get();
  }

  /** A view of everything applied so far; the caller releases it. */
  DirectoryReader acquire() throws IOException {
    long wanted = applied.get();
    while (true) {
      View view = current;
      if (view.upTo < wanted) {
        view = refreshed(wanted);
      }
      if (view.reader.tryIncRef()) {
        return view.reader;
      }
      if (view.reader == current.reader) {
        throw new AlreadyClosedException("the index is closed");
      }
    }
  }

  static void release(DirectoryReader reader) throws IOException {
    reader.decRef();
  }

  private View refreshed(long wanted) throws IOException {
    refreshing.lock();
    try {
      View old = current;
      if (old.upTo >= wanted) {
        return old;
      }
      long upTo = applied.get();
      DirectoryReader newer;
      try {
        newer = DirectoryReader.openIfChanged(old.reader, writer);
      } catch (IOException | AlreadyClosedException e) {
        if (writer.isOpen()) {
          throw e;
        }
        // The writer failed for good; what was seen last can still be searched.
        return old;
      }
      View view = new View(newer == null ? old.reader : newer, upTo);
      current = view;
      if (newer != null) {
        old.reader.decRef();
      }
      return view;
    } finally {
      refreshing.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    refreshing.lock();
    try {
      current.reader.close();
    } finally {
      refreshing.unlock();
    }
  }
}
