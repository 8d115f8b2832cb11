/**
 * The fleet on Redis or Valkey: keep ledger, sums, membership. The only room that knows Lettuce;
 * nothing of it that knows the client is loaded unless a fleet is configured.
 */
@NullMarked
package dev.spanthrift.agent.fleet;

import org.jspecify.annotations.NullMarked;
