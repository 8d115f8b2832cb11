package dev.spanthrift.agent.fleet;

/** What the engine's access list must allow a sidecar. */
final class AccessRules {
  private AccessRules() {}

  /** The rules of {@code ACL SETUSER}, for keys of this prefix. */
  static String of(String prefix) {
    return "resetkeys resetchannels -@all ~"
        + prefix
        + "* +info +eval +evalsha +get +set +hget +hset +hmget +hdel +hexists +hgetall +hincrby"
        + " +expire +time +select +cluster";
  }
}
