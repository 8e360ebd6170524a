package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.config.Secret;
import dev.aidb.core.StartFailure;
import dev.aidb.store.DatabaseEndpoint;

/** What the configuration says of servers elsewhere, in the terms of the parts that reach them. */
final class Externals {
  private Externals() {}

  static DatabaseEndpoint endpoint(Config.Database database) {
    String host =
        database
            .host()
            .orElseThrow(() ->
                new StartFailure(
                    "database.mode is external, but database.host isn't set",
                    "Set database.host."));
    return new DatabaseEndpoint(
        host,
        database.port(),
        database.name(),
        database.user(),
        database.password().map(Secret::reveal).orElse(""),
        switch (database.tls()) {
          case DISABLE -> DatabaseEndpoint.Tls.DISABLE;
          case PREFER -> DatabaseEndpoint.Tls.PREFER;
          case REQUIRE -> DatabaseEndpoint.Tls.REQUIRE;
          case VERIFY_FULL -> DatabaseEndpoint.Tls.VERIFY_FULL;
        });
  }
}
