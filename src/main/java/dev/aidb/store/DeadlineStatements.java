package dev.aidb.store;

import dev.aidb.core.Deadline;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;

/** Lets no statement run on after the request's deadline; work without a request has none. */
final class DeadlineStatements implements StatementCustomizer {
  @Override
  public void beforeExecution(PreparedStatement statement, StatementContext context)
      throws SQLException {
    if (!Deadline.CURRENT.isBound()) {
      return;
    }
    Deadline deadline = Deadline.CURRENT.get();
    deadline.check();
    statement.setQueryTimeout((int) (deadline.remaining().toMillis() / 1000) + 1);
  }
}
