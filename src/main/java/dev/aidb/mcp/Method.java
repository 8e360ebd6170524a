package dev.aidb.mcp;

/**
 * What answers a request of one name.
 *
 * <p>The least cost is charged before it runs, unless it charges by itself, as one does that runs
 * an operation and takes what that costs.
 */
interface Method {
  /**
   * Answers.
   *
   * @throws RpcError for what the client got wrong
   * @throws dev.aidb.core.AidbException for what went wrong otherwise
   */
  Outcome answer(Asked asked);

  /** Whether it charges by itself. */
  default boolean chargesItself() {
    return false;
  }

  /** Lets a method charge by itself. */
  static Method chargingItself(Method method) {
    return new Method() {
      @Override
      public Outcome answer(Asked asked) {
        return method.answer(asked);
      }

      @Override
      public boolean chargesItself() {
        return true;
      }
    };
  }
}
