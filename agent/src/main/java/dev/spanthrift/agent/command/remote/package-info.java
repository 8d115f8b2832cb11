/** Verbs that ask a running sidecar over its admin port. */
@NullMarked
package dev.spanthrift.agent.command.remote;

import org.jspecify.annotations.NullMarked;
