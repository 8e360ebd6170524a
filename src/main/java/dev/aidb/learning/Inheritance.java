package dev.aidb.learning;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Hands what was known of solutions on to one that survives them: judgements, uses, pin and
 * lineage. Thread-safe.
 */
public final class Inheritance {
  /**
   * A solution that is about to be forgotten.
   *
   * @param similarity the cosine of its query and the survivor's
   */
  public record Fallen(UUID id, double similarity) {}

  /**
   * Gives the survivor the uses, judgements, pin and lineage of the fallen, and counts and
   * remembers them as merged. Its value becomes the highest of all, and later judgements move it
   * from there.
   *
   * <p>Within the caller's transaction, which has locked the documents of all in the order of their
   * ids; the solutions are locked here. To be called before the fallen are deleted; it doesn't
   * delete them.
   *
   * @param actor who does it, such as {@code gc:RUN}
   * @throws AidbException CONFLICT when the survivor or one of the fallen is gone; nothing was
   *     changed then
   */
  public void absorb(Handle handle, UUID survivor, List<Fallen> fallen, String actor, Instant at) {
    if (fallen.isEmpty()) {
      return;
    }
    List<UUID> fallenIds = fallen.stream().map(Fallen::id).distinct().toList();
    if (fallenIds.size() < fallen.size() || fallenIds.contains(survivor)) {
      throw new IllegalArgumentException("a record falls once, and not to itself");
    }
    List<UUID> all = new ArrayList<>(fallenIds);
    all.add(survivor);
    Map<UUID, Standing> standings = Rows.lock(handle, all);
    if (standings.size() < all.size()) {
      throw new AidbException(
          ErrorCode.CONFLICT, "A solution that was to be merged is gone; nothing was changed");
    }
    Lineage.inherit(handle, survivor, fallenIds);
    Standing heir = Objects.requireNonNull(standings.get(survivor));
    for (Fallen one : fallen) {
      Standing last = Objects.requireNonNull(standings.get(one.id()));
      heir = heir.absorbing(last);
      Lineage.add(handle, survivor, ancestor(one, last, actor, at));
    }
    Rows.save(handle, survivor, heir);
    Lineage.trim(handle, survivor);
  }

  private static Lineage.Ancestor ancestor(Fallen one, Standing last, String actor, Instant at) {
    return new Lineage.Ancestor(
        Lineage.Source.GC,
        Optional.of(one.id()),
        one.similarity(),
        last.value(),
        last.uses(),
        last.feedbacks(),
        actor,
        at);
  }
}
