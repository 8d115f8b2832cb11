/** The demo: simulated traffic, an embedded backend, one live screen. */
@NullMarked
package dev.spanthrift.agent.demo;

import org.jspecify.annotations.NullMarked;
