package dev.aidb.index.lucene;

import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.NRTCachingDirectory;

/**
 * Keeps the files of small segments on the heap until they are committed or merged away, so that a
 * search after every write doesn't cost a dozen files each.
 */
final class YoungFiles extends NRTCachingDirectory {
  /** The greatest segment that is kept, in MiB. */
  private static final double SEGMENT_MB = 4;

  private static final double TOTAL_MB = 32;

  /** Beyond this, files whose size isn't known yet go to the disk. */
  private static final long UNSIZED_BYTES_MAX = 4L << 20;

  YoungFiles(Directory disk) {
    super(disk, SEGMENT_MB, TOTAL_MB);
  }

  /** Vectors and stored fields are opened before the first document, with no size to judge by. */
  @Override
  protected boolean doCacheWrite(String name, IOContext context) {
    return super.doCacheWrite(name, context)
        || (context.context() == IOContext.Context.DEFAULT
            && !name.startsWith(IndexFileNames.SEGMENTS)
            && !name.startsWith(IndexFileNames.PENDING_SEGMENTS)
            && ramBytesUsed() < UNSIZED_BYTES_MAX);
  }
}
