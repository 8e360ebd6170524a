package dev.aidb.index.lucene;

import dev.aidb.index.VectorIndex.Entry;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;

/** What an index holds, as opposed to what it finds. */
final class Entries {
  private Entries() {}

  static long count(DirectoryReader reader, String collection) throws IOException {
    Term term = new Term(RecordDocument.COLLECTION, collection);
    if (!reader.hasDeletions()) {
      return reader.docFreq(term);
    }
    long count = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      LeafReader segment = leaf.reader();
      Bits live = segment.getLiveDocs();
      if (live == null) {
        count += segment.docFreq(term);
      } else {
        PostingsEnum of = segment.postings(term, PostingsEnum.NONE);
        while (of != null && of.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
          count += live.get(of.docID()) ? 1 : 0;
        }
      }
    }
    return count;
  }

  static void each(DirectoryReader reader, String collection, Consumer<Entry> each)
      throws IOException {
    Term term = new Term(RecordDocument.COLLECTION, collection);
    for (LeafReaderContext leaf : reader.leaves()) {
      Bits live = leaf.reader().getLiveDocs();
      PostingsEnum of = leaf.reader().postings(term, PostingsEnum.NONE);
      if (of == null) {
        continue;
      }
      HitReader.Segment segment = HitReader.Segment.of(leaf);
      while (of.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        if (live == null || live.get(of.docID())) {
          int document = leaf.docBase + of.docID();
          each.accept(new Entry(segment.id(document), segment.version(document)));
        }
      }
    }
  }

  static Set<String> collections(DirectoryReader reader) throws IOException {
    Set<String> names = new TreeSet<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      Terms terms = leaf.reader().terms(RecordDocument.COLLECTION);
      TermsEnum each = terms == null ? TermsEnum.EMPTY : terms.iterator();
      for (BytesRef name = each.next(); name != null; name = each.next()) {
        names.add(name.utf8ToString());
      }
    }
    return names;
  }

  /** The dimension of each collection that has a record. */
  static Map<String, Integer> dimensions(DirectoryReader reader) throws IOException {
    Map<String, Integer> dimensions = new HashMap<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      for (FieldInfo field : leaf.reader().getFieldInfos()) {
        if (field.hasVectorValues() && hasLive(leaf.reader(), field.name)) {
          dimensions.put(RecordDocument.collectionOf(field.name), field.getVectorDimension());
        }
      }
    }
    return dimensions;
  }

  private static boolean hasLive(LeafReader segment, String field) throws IOException {
    Bits live = segment.getLiveDocs();
    FlatVectors vectors = DenseArm.source(segment).vectors(field);
    for (int i = 0; i < vectors.size(); i++) {
      if (live == null || live.get(vectors.document(i))) {
        return true;
      }
    }
    return false;
  }
}
