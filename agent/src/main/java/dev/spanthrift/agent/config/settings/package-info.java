/** The settings tree: from file and environment, checked. */
@NullMarked
package dev.spanthrift.agent.config.settings;

import org.jspecify.annotations.NullMarked;
