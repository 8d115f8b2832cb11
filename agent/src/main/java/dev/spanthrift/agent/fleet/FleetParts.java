package dev.spanthrift.agent.fleet;

import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What an exchange with the engine is made of and for.
 *
 * @param timeoutMillis for each answer
 * @param thread of the fleet: all that comes of an exchange runs on it
 * @param pod its name for people
 */
record FleetParts(
    FleetKeys keys,
    long timeoutMillis,
    Engine engine,
    Executor thread,
    OwnKeeps own,
    Totals totals,
    RedisFleetSums sums,
    String pod,
    Supplier<FleetDoor.Self> self,
    EngineWatch watch,
    EngineBooks books,
    WholenessWatch wholeness,
    Disagreement disagreement,
    EdgeBooks edges) {}
