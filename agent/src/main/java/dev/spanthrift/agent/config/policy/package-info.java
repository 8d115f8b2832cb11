/** Policy documents, read and written. */
@NullMarked
package dev.spanthrift.agent.config.policy;

import org.jspecify.annotations.NullMarked;
